using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace BybitSpot.Tests.Journeys;

/// <summary>A real redis-server of a test's own, on a free port of loopback, that writes nothing to disk.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string SettingsFile = "redis.conf";

    private readonly string _folder = Repository.NewScratchFolder();
    private readonly string[] _settings;
    private bool _fromFile;
    private Process? _process;
    private TcpClient? _client;
    private StreamReader? _replies;

    private RedisServer(int port, string[] settings)
    {
        Port = port;
        _settings = settings;
    }

    public int Port { get; }

    /// <summary>The address that it listens at.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public string? Password { get; init; }

    /// <summary>Neither killed nor frozen by the test.</summary>
    public bool IsUp { get; private set; }

    public static RedisServer Start(params string[] settings) => StartAt(Repository.FreePort(), settings);

    public static RedisServer StartAt(int port, params string[] settings)
    {
        var server = new RedisServer(port, settings) { Password = settings.SkipWhile(s => s != "--requirepass").Skip(1).FirstOrDefault() };
        server.Launch();
        return server;
    }

    /// <summary>At an address of loopback of its own, so that several can have one port.</summary>
    public static RedisServer StartOn(string host, int port, params string[] settings)
    {
        var server = new RedisServer(port, settings) { Host = host };
        server.Launch();
        return server;
    }

    /// <summary>With its settings in a file of its own, to which it writes what it is told to be: a replica, a primary, a sentinel that knows others. It comes back as that.</summary>
    /// <param name="lines">As a file of settings has them, beside port and address.</param>
    public static RedisServer StartFromFile(int port, string? password, IEnumerable<string> lines, params string[] flags)
    {
        var server = new RedisServer(port, flags) { Password = password, _fromFile = true };
        File.WriteAllLines(Path.Combine(server._folder, SettingsFile), [$"port {port}", $"bind {server.Host}", $"dir {server._folder}", .. lines]);
        server.Launch();
        return server;
    }

    /// <summary>A client to whatever listens on the port; nothing is started, nothing ended.</summary>
    public static RedisServer Reach(int port) => new(port, []);

    /// <summary>Starts the server, empty, on its port; after <see cref="Kill"/> anew.</summary>
    /// <param name="more">Settings of this time.</param>
    public void Launch(params string[] more)
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        string[] arguments = _fromFile ? [SettingsFile, .. _settings, .. more] : ["--port", $"{Port}", "--bind", Host, "--save", "", "--appendonly", "no", .. _settings, .. more];
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        IsUp = true;
        Until.True("redis-server answers", Answers);
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        Disconnect();
        IsUp = false;
        _process!.Kill();
        _process.WaitForExit(5_000);
    }

    /// <summary>SIGSTOP: it hangs, but its connections stay.</summary>
    public void Freeze()
    {
        IsUp = false;
        Signals.Send(_process!.Id, Signals.Stop);
    }

    public void Thaw()
    {
        Signals.Send(_process!.Id, Signals.Continue);
        IsUp = true;
    }

    public Dictionary<string, string> Hash(string key)
    {
        string[] words = (string[])Ask("HGETALL", key)!;
        return Enumerable.Range(0, words.Length / 2).ToDictionary(i => words[2 * i], i => words[2 * i + 1]);
    }

    public string? Price(string coin) => (string?)Ask("HGET", $"bybit_spot:{coin}", "ltp");

    public string? Timestamp(string coin) => (string?)Ask("HGET", $"bybit_spot:{coin}", "timestamp");

    /// <summary>Any command; the reply as text, texts or null. An error is an exception. A connection that the server has ended, as in a failover, is made anew once.</summary>
    public object? Ask(params string[] words)
    {
        bool wasConnected = _client is not null;
        try
        {
            return AskOnce(words);
        }
        catch (SocketException)
        {
            Disconnect();
            throw;
        }
        catch (IOException lost)
        {
            // What comes on it later would be the answer to an older question.
            Disconnect();
            if (!wasConnected || lost.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
                throw;
            return AskOnce(words);
        }
    }

    /// <summary>The same; null where there is no answer, or an error.</summary>
    public object? TryAsk(params string[] words)
    {
        try
        {
            return Ask(words);
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Disconnect();
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit(5_000);
        }
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private object? AskOnce(string[] words)
    {
        if (_client is null)
        {
            _client = new TcpClient { ReceiveTimeout = 10_000, SendTimeout = 10_000, NoDelay = true };
            _client.Connect(Host, Port);
            _replies = new StreamReader(_client.GetStream(), Encoding.Latin1);
            if (Password is not null)
                Ask("AUTH", Password);
        }
        var command = new StringBuilder($"*{words.Length}\r\n");
        foreach (string word in words)
            command.Append($"${word.Length}\r\n{word}\r\n");
        _client.GetStream().Write(Encoding.Latin1.GetBytes(command.ToString()));
        return ReadReply();
    }

    private object? ReadReply()
    {
        string line = _replies!.ReadLine() ?? throw new IOException("redis-server closed the connection");
        switch (line[0])
        {
            case '-':
                throw new InvalidOperationException(line[1..]);
            case '$':
                int length = int.Parse(line[1..]);
                if (length < 0)
                    return null;
                var text = new char[length + 2];
                _replies.ReadBlock(text);
                return new string(text, 0, length);
            case '*':
                return Enumerable.Range(0, Math.Max(0, int.Parse(line[1..]))).Select(_ => (string)ReadReply()!).ToArray();
            default:
                return line[1..];
        }
    }

    private bool Answers()
    {
        try
        {
            return Ask("PING") is "PONG";
        }
        catch (InvalidOperationException loading) when (loading.Message.StartsWith("LOADING", StringComparison.Ordinal))
        {
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Disconnect();
            return false;
        }
    }

    private void Disconnect()
    {
        _client?.Dispose();
        _client = null;
    }
}
