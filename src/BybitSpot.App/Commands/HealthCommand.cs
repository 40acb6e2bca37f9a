// `bybitspot health`: asks a running program over HTTP whether it works, or whether its prices can be believed, for health
// checks where there is no curl. One question, one line, no second try: whoever checks asks again by himself.
using System.CommandLine;
using BybitSpot.Net;

namespace BybitSpot.App;

internal static class HealthCommand
{
    private const int AnswerMaxBytes = 64 * 1024;

    /// <summary>Longest wait for the answer, which takes a few milliseconds.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(3);

    public static ToolCommand Create()
    {
        var command = new ToolCommand("health", "Asks a running bybitspot whether it works, at its HTTP_URL.",
            "  0   yes\n  1   no, or no answer\n  2   wrong usage, or HTTP_URL is empty or names no port\n" + ToolCommands.ConfigurationStatus);
        var ready = new Option<bool>("--ready") { Description = "Whether its prices can be believed, too (/readyz instead of /healthz)." };
        Option<string?> url = UrlOption();
        command.Add(ready);
        command.Add(url);
        var flags = new SettingFlags(command, recursive: false, SettingsTable.HttpUrl);
        command.SetTool((parsed, output, error) =>
        {
            string path = parsed.GetValue(ready) ? "/readyz" : "/healthz";
            if (parsed.GetValue(url) is { } text)
                return Ask(new Uri(new Uri(text), path), output, error);
            SettingsResult read = flags.Read(parsed);
            if (read.Settings is not { } settings)
                return SettingFlags.Misconfigured(read, error);
            if (settings.HttpUrl is not { Port: > 0 } address)
                return ToolCommands.Fail(error, settings.HttpUrl is null ? $"HTTP_URL is empty: nobody can be asked ({AsTyped.Program} alive looks at a process instead)" : "HTTP_URL names no port", ExitStatus.Usage);
            return Ask(new Uri(address.FromHere, path), output, error);
        });
        return command;
    }

    /// <summary>The address of another program than HTTP_URL's.</summary>
    public static Option<string?> UrlOption()
    {
        var url = new Option<string?>("--url") { Description = "Another one than HTTP_URL's, such as http://10.0.0.7:9464.", HelpName = "URL" };
        url.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && !(Uri.TryCreate(text, UriKind.Absolute, out Uri? parsed) && parsed is { Scheme: "http", PathAndQuery: "/", UserInfo: "" }))
                result.AddError("--url is not an address such as http://127.0.0.1:9464");
        });
        return url;
    }

    private static int Ask(Uri url, TextWriter output, TextWriter error)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = AnswerLimit,
            MaxResponseContentBufferSize = AnswerMaxBytes,
        };
        try
        {
            using HttpResponseMessage answer = client.Send(new HttpRequestMessage(HttpMethod.Get, url));
            using var body = new StreamReader(answer.Content.ReadAsStream());
            string line = TerminalText.Clean(body.ReadLine() ?? "");
            if (!answer.IsSuccessStatusCode)
                return ToolCommands.Fail(error, $"{url} answers {(int)answer.StatusCode}: {line}");
            output.WriteLine(line);
            return ExitStatus.Stopped;
        }
        catch (Exception failure) when (HttpTrouble.Is(failure) || failure is OperationCanceledException)
        {
            return ToolCommands.Fail(error, $"{url} does not answer: {(failure is OperationCanceledException ? $"not within {AnswerLimit.TotalSeconds:0} s" : failure.Message)}");
        }
    }
}
