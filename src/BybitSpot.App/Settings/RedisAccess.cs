// How one gets into Redis, as the settings say it and as the files that they name hold it at this moment: passwords, an address,
// certificates. Asked at the start, and again before each connection, so that a secret that is changed needs no restart. Any thread.
// What must stay true: only ordinary files of a small size are read, each within PatientReader's limit; all that is wrong is told
// together; no message holds a secret, and whoever hides secrets is told of each before it is used.
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BybitSpot.Redis;

namespace BybitSpot.App;

/// <summary>Paths of files; null: there is none.</summary>
internal sealed record RedisFiles(string? Url, string? Password, string? SentinelPassword, string? Authorities, string? Certificate, string? Key)
{
    public bool Any => (Url ?? Password ?? SentinelPassword ?? Authorities ?? Certificate ?? Key) is not null;
}

internal sealed class RedisAccess(RedisParts parts, RedisUrl? url, RedisFiles files, TimeProvider time)
{
    /// <summary>Longest file of certificates, in bytes; a system's whole list has some 250 KB.</summary>
    private const int CertificateBytesMax = 1024 * 1024;

    /// <summary>Longest time that who waits for another here does not wake.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly Dictionary<string, PatientReader> _readers = new(StringComparer.Ordinal);
    private (string Authorities, string Certificate, string Key, RedisTls Tls)? _last;

    public RedisFiles Files => files;

    /// <summary>Told of each secret that was read, before it is used.</summary>
    public Action<string>? SecretRead { get; set; }

    /// <summary>What to connect with now; all that is wrong, each with its setting.</summary>
    public RedisOptions? Try(Action? tick, out List<(string Setting, string Wrong)> errors)
    {
        errors = [];
        while (!Monitor.TryEnter(_gate, s_slice))
            tick?.Invoke();
        try
        {
            return Read(tick, errors);
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    /// <exception cref="RedisAccessException">Something is wrong with a file.</exception>
    private RedisOptions Anew(Action? tick) =>
        Try(tick, out List<(string Setting, string Wrong)> errors)
        ?? throw new RedisAccessException(string.Join("; ", errors.Select(e => $"{e.Setting}: {e.Wrong}")));

    private RedisOptions? Read(Action? tick, List<(string Setting, string Wrong)> errors)
    {
        RedisUrl? address = url;
        if (files.Url is not null && Secret(SettingsTable.RedisUrlFile, files.Url, tick, errors) is { } text)
        {
            Tell(text);
            if (RedisUrl.Take(text, out address) is { } wrong)
                errors.Add((SettingsTable.RedisUrlFile, $"{TerminalText.Clean(files.Url)} {wrong}"));
        }
        RedisParts said = files.Password is null ? parts : parts with { Password = Secret(SettingsTable.RedisPasswordFile, files.Password, tick, errors) };
        if (files.SentinelPassword is not null)
            said = said with { SentinelPassword = Secret(SettingsTable.RedisSentinelPasswordFile, files.SentinelPassword, tick, errors) };
        foreach (string? secret in (ReadOnlySpan<string?>)[address?.Password, said.Password, said.SentinelPassword])
            if (secret is { Length: > 0 })
                Tell(secret);
        if (errors.Count > 0)
            return null;
        if (said.Join(address, out RedisOptions? options, out bool tls) is { } trouble)
        {
            errors.Add(files.Url is not null && trouble.Setting == SettingsTable.RedisUrl ? (SettingsTable.RedisUrlFile, $"{TerminalText.Clean(files.Url)} {trouble.Wrong}") : trouble);
            return null;
        }
        RedisTls? setup = TlsOf(tls, tick, errors);
        if (errors.Count > 0)
            return null;
        return options! with
        {
            Tls = setup,
            PlaceSetting = said.Host is not null || address is null ? SettingsTable.RedisHost : files.Url is null ? SettingsTable.RedisUrl : SettingsTable.RedisUrlFile,
            PasswordSetting = files.Password is not null ? SettingsTable.RedisPasswordFile
                : said.Password is not null || address?.Password is null ? SettingsTable.RedisPassword
                : files.Url is null ? SettingsTable.RedisUrl : SettingsTable.RedisUrlFile,
            Anew = files.Any ? Anew : null,
        };
    }

    private RedisTls? TlsOf(bool wanted, Action? tick, List<(string Setting, string Wrong)> errors)
    {
        const string Off = "has no use, for TLS is off: REDIS_TLS=true, or rediss:// in REDIS_URL, turns it on";
        (string Setting, string? Path)[] named = [(SettingsTable.RedisCaFile, files.Authorities), (SettingsTable.RedisCertFile, files.Certificate), (SettingsTable.RedisKeyFile, files.Key)];
        if (!wanted)
            errors.AddRange(named.Where(n => n.Path is not null).Select(n => (n.Setting, Off)));
        else if ((files.Certificate is null) != (files.Key is null))
            errors.Add(files.Key is null
                ? (SettingsTable.RedisCertFile, "needs its key, which REDIS_KEY_FILE names (it may be the same file)")
                : (SettingsTable.RedisKeyFile, "is the key of nothing: REDIS_CERT_FILE names the certificate"));
        if (!wanted || errors.Count > 0)
            return null;
        string[] texts = [.. named.Select(n => n.Path is null ? "" : Content(n.Setting, n.Path, CertificateBytesMax, tick, errors) is { } bytes ? Encoding.UTF8.GetString(bytes) : "")];
        if (errors.Count > 0)
            return null;
        if (_last is { } last && (last.Authorities, last.Certificate, last.Key) == (texts[0], texts[1], texts[2]))
            return last.Tls;
        if (OpenSsl.Missing() is { } missing)
        {
            errors.Add((SettingsTable.RedisTls, missing));
            return null;
        }
        X509Certificate2Collection? authorities = null;
        SslStreamCertificateContext? own = null;
        if (files.Authorities is { } authoritiesFile && RedisTls.TakeAuthorities(texts[0], out authorities) is { } wrong)
            errors.Add((SettingsTable.RedisCaFile, $"{TerminalText.Clean(authoritiesFile)} {wrong}"));
        if (files.Certificate is { } certificate && RedisTls.TakeOwn(texts[1], texts[2], out own, out bool isOfKey) is { } bad)
            errors.Add(isOfKey ? (SettingsTable.RedisKeyFile, $"{TerminalText.Clean(files.Key!)} {bad}") : (SettingsTable.RedisCertFile, $"{TerminalText.Clean(certificate)} {bad}"));
        if (errors.Count > 0)
            return null;
        var tls = new RedisTls(authorities, own);
        _last = (texts[0], texts[1], texts[2], tls);
        return tls;
    }

    private string? Secret(string setting, string path, Action? tick, List<(string Setting, string Wrong)> errors)
    {
        if (Content(setting, path, SecretText.BytesMax, tick, errors) is not { } content)
            return null;
        if (SecretText.Take(content, out string secret) is not { } wrong)
            return secret;
        errors.Add((setting, $"{TerminalText.Clean(path)} {wrong}"));
        return null;
    }

    private byte[]? Content(string setting, string path, int bytesMax, Action? tick, List<(string Setting, string Wrong)> errors)
    {
        if (!_readers.TryGetValue(setting, out PatientReader? reader))
            _readers.Add(setting, reader = new PatientReader(path, bytesMax, time));
        FileContent content = reader.Read(tick);
        if (content.Trouble is null)
            return content.Span.ToArray();
        errors.Add((setting, $"{NameOf(path, content.IsMissing)} {content.Trouble}"));
        return null;
    }

    // What is no file may be the secret itself, put there by mistake.
    private static string NameOf(string path, bool isMissing) =>
        isMissing && !Path.IsPathRooted(path) ? "the file (its name is not shown, it may be the secret itself)" : TerminalText.Clean(path);

    // A whole address, too: the password in it may be written otherwise there.
    private void Tell(string secret) => SecretRead?.Invoke(secret);
}
