using System.Net.Sockets;
using System.Text;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Store;

/// <summary>
/// What readers ask the embedded store for. Garnet looks some of it up in tables that it reads by reflection: whoever takes
/// another version of it, or builds another way, sees here whether it still answers.
/// </summary>
[Collection(StoreJourney.Name)]
public sealed class StoreCommandTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_embedded_store_answers_whatever_readers_ask_for()
    {
        using Bot bot = Bot.Start(["--demo", "--quiet"], new Dictionary<string, string>(), _folder);
        int port = StoreJourney.PortIn(bot.Log("demo"));
        using var first = new Talk(port);
        Assert.Equal("+PONG", first.Say(1, "PING"));
        Assert.Equal(":1", first.Say(1, "HSET", "some:key", "field", "value"));
        Assert.Equal("*2 $5 field $5 value", first.Say(5, "HGETALL", "some:key"));
        Assert.Equal("*2 $8 some:key $5 value", first.Say(5, "EVAL", "return { KEYS[1], redis.call('HGET', KEYS[1], ARGV[1]) }", "1", "some:key", "field"));
        Assert.Equal("+OK", first.Say(1, "MULTI"));
        Assert.Equal("+QUEUED", first.Say(1, "HSET", "some:key", "field", "other"));
        Assert.Equal("+QUEUED", first.Say(1, "HGET", "some:key", "field"));
        Assert.Equal("*2 :0 $5 other", first.Say(4, "EXEC"));
        Assert.StartsWith("*2 ", first.Say(6, "SCAN", "0", "MATCH", "some:*", "COUNT", "10000"), StringComparison.Ordinal);
        using var commands = new Talk(port);
        Assert.Matches(@"^:\d{3}$", commands.Say(1, "COMMAND", "COUNT"));
        Assert.StartsWith("*1 *", commands.Say(2, "COMMAND", "INFO", "HSET"), StringComparison.Ordinal);
        using var listener = new Talk(port);
        Assert.Equal("*3 $9 subscribe $4 news :1", listener.Say(6, "SUBSCRIBE", "news"));
        Assert.Equal(":1", first.Say(1, "PUBLISH", "news", "hello"));
        Assert.Equal("*3 $7 message $4 news $5 hello", listener.Next(7));
    }

    /// <summary>One connection; an answer is its lines with a space between.</summary>
    private sealed class Talk : IDisposable
    {
        private readonly TcpClient _client;
        private readonly StreamReader _reader;

        public Talk(int port)
        {
            _client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = (int)Until.Limit.TotalMilliseconds };
            _reader = new StreamReader(_client.GetStream(), Encoding.ASCII);
        }

        public string Say(int lines, params string[] words)
        {
            string request = $"*{words.Length}\r\n{string.Concat(words.Select(w => $"${w.Length}\r\n{w}\r\n"))}";
            _client.GetStream().Write(Encoding.ASCII.GetBytes(request));
            return Next(lines);
        }

        public string Next(int lines) => string.Join(' ', Enumerable.Range(0, lines).Select(_ => _reader.ReadLine()));

        public void Dispose() => _client.Dispose();
    }
}
