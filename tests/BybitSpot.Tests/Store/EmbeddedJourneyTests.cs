using System.Net;
using System.Net.Sockets;
using BybitSpot.App;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Store;

[Collection(StoreJourney.Name)]
public sealed class EmbeddedJourneyTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();
    private readonly Exchange _exchange = Exchange.Start();
    private readonly List<TcpListener> _strangers = [];

    public EmbeddedJourneyTests()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "67250.50");
        File.WriteAllText(Path.Combine(_folder, "coins.json"), """{"coins":["BTCUSDT"]}""");
    }

    public void Dispose()
    {
        foreach (TcpListener stranger in _strangers)
            stranger.Dispose();
        _exchange.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Without_a_Redis_the_price_stands_in_an_embedded_store_and_a_warning_says_where_and_what_to_set()
    {
        // Only where nobody named a port, and so at the usual one.
        const int port = 6379;
        Assert.SkipWhen(StorePorts.Answers(port), $"somebody listens at {port}; FirstLookTests look in a network of their own");
        using Bot bot = Start(("REDIS_PASSWORD", "canary"), ("REDIS_DB", "3"));
        LogLine warning = bot.Log("store_instead");
        Assert.Equal("warn", warning.Text("level"));
        Assert.Equal($"localhost:{port}", warning.Text("missing"));
        Assert.Contains("set REDIS_HOST", warning.Text("message"), StringComparison.Ordinal);
        int there = StoreJourney.PortIn(warning);
        Assert.Equal($"127.0.0.1:{there}", warning.Text("endpoint"));
        Assert.InRange(there, StorePorts.First, StorePorts.First + StorePorts.TriesMax - 1);
        using var store = RedisServer.Reach(there);
        Until.Equal("BTC in the embedded store", "67250.50", () => store.Price("BTC"), state: () => bot.ErrorText);
        Assert.Equal(there, Assert.Single(Listening(bot)).Port);
        Assert.Equal(IPAddress.Loopback, Listening(bot)[0].Address);
    }

    [Fact]
    public void A_Redis_that_answers_on_localhost_is_used_and_nothing_of_the_embedded_store_is_loaded()
    {
        using var redis = RedisServer.Start();
        using Bot bot = Start(("REDIS_PORT", $"{redis.Port}"));
        Until.Equal("BTC in Redis", "67250.50", () => redis.Price("BTC"), state: () => bot.ErrorText);
        Assert.Equal(0, bot.CountLogs("store_instead"));
        Assert.False(StoreJourney.HoldsGarnet(bot));
        Assert.Empty(Listening(bot));
    }

    [Theory]
    [InlineData("REDIS_HOST", "127.0.0.1")]
    [InlineData("REDIS_EMBEDDED", "never")]
    [InlineData("REDIS_DB", "0")]
    public void Where_a_Redis_was_named_or_none_is_to_be_embedded_the_program_waits_for_the_real_one(string name, string value)
    {
        int port = Repository.FreePort();
        using Bot bot = Start(("REDIS_PORT", $"{port}"), (name, value));
        bot.Log("redis_unavailable");
        Assert.False(StoreJourney.HoldsGarnet(bot));
        using var redis = RedisServer.StartAt(port);
        Until.Equal("BTC in Redis", "67250.50", () => redis.Price("BTC"), state: () => bot.ErrorText);
    }

    [Fact]
    public void Always_embeds_even_beside_a_Redis_that_was_named_and_leaves_that_alone()
    {
        using var redis = RedisServer.Start();
        using Bot bot = Start(("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", $"{redis.Port}"), ("REDIS_EMBEDDED", "always"));
        using var store = RedisServer.Reach(StoreJourney.PortIn(bot.Log("store_embedded")));
        Until.Equal("BTC in the embedded store", "67250.50", () => store.Price("BTC"), state: () => bot.ErrorText);
        Assert.Equal("0", redis.Ask("DBSIZE"));
    }

    [Fact]
    [Trait("Fault", "49")]
    public void Ports_taken_by_strangers_are_passed_over()
    {
        TakePorts(3);
        using Bot bot = Start(("REDIS_EMBEDDED", "always"));
        int port = StoreJourney.PortIn(bot.Log("store_embedded"));
        Assert.True(port >= StorePorts.First + 3, $"{port}");
        using var store = RedisServer.Reach(port);
        Until.Equal("BTC in the embedded store", "67250.50", () => store.Price("BTC"), state: () => bot.ErrorText);
        Assert.All(_strangers, stranger => Assert.False(stranger.Pending()));
    }

    [Fact]
    [Trait("Fault", "49")]
    public void With_no_port_left_it_says_so_and_ends_with_1()
    {
        TakePorts(StorePorts.TriesMax);
        using Bot bot = Start(("REDIS_EMBEDDED", "always"));
        Assert.Equal(1, bot.Exit());
        Assert.Contains("ports 6399 to 6430 of 127.0.0.1 are all taken", bot.Log("store_failed").Text("message"), StringComparison.Ordinal);
        Assert.Equal("error", bot.Log("store_failed").Text("level"));
        Assert.Empty(bot.Prices);
    }

    [Fact]
    public void A_wrong_REDIS_EMBEDDED_ends_the_program_with_78_and_one_line()
    {
        using Bot bot = Start(("REDIS_EMBEDDED", "perhaps"));
        Assert.Equal(78, bot.Exit());
        Assert.Equal("REDIS_EMBEDDED: \"perhaps\" is neither auto, always nor never [from environment]", bot.ErrorText);
    }

    [Fact]
    public void An_exchange_that_cannot_be_reached_is_told_within_10_s_with_what_to_do()
    {
        _exchange.Dispose();
        Assert.True(RunCommand.NoPriceAfter < TimeSpan.FromSeconds(10));
        using Bot bot = Start(("REDIS_EMBEDDED", "always"));
        LogLine line = bot.Log("no_price_yet");
        Assert.Equal(_exchange.StreamUrl, line.Text("endpoint"));
        Assert.EndsWith("without a network: bybitspot --demo", line.Text("message"), StringComparison.Ordinal);
    }

    /// <summary>Listens on the first ports that the store would take; one that somebody else has is taken as well.</summary>
    private void TakePorts(int count)
    {
        for (int port = StorePorts.First; port < StorePorts.First + count; port++)
        {
            var stranger = new TcpListener(IPAddress.Loopback, port);
            try
            {
                stranger.Start();
                _strangers.Add(stranger);
            }
            catch (SocketException)
            {
                stranger.Dispose();
            }
        }
    }

    /// <summary>Where the process listens, IPv4 (from /proc, by the inodes of its sockets).</summary>
    private static List<IPEndPoint> Listening(Bot bot)
    {
        HashSet<string> sockets = [.. Directory.GetFiles($"/proc/{bot.Process.Id}/fd").Select(f => new FileInfo(f).LinkTarget ?? "")];
        var found = new List<IPEndPoint>();
        foreach (string path in (string[])["tcp", "tcp6"])
            foreach (string line in File.ReadLines($"/proc/{bot.Process.Id}/net/{path}").Skip(1))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words[3] != "0A" || !sockets.Contains($"socket:[{words[9]}]"))
                    continue;
                string[] address = words[1].Split(':');
                found.Add(new IPEndPoint(new IPAddress(Convert.FromHexString(address[0]).Reverse().ToArray()), Convert.ToInt32(address[1], 16)));
            }
        return found;
    }

    private Bot Start(params (string Name, string Value)[] settings)
    {
        var environment = settings.ToDictionary(s => s.Name, s => s.Value);
        environment["BYBIT_WS_URL"] = _exchange.StreamUrl;
        environment["BYBIT_REST_URL"] = _exchange.RestUrl;
        environment["COINS_FILE"] = Path.Combine(_folder, "coins.json");
        environment["RECONNECT_MAX_ATTEMPTS"] = "0";
        return Bot.Start(["run"], environment, _folder);
    }
}
