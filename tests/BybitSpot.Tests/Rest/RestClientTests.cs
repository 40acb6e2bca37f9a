using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Rest;

public sealed class RestClientTests : IDisposable
{
    private const string Listed = "{\"retCode\":0,\"result\":{\"list\":[{\"symbol\":\"BTCUSDT\",\"baseCoin\":\"BTC\",\"quoteCoin\":\"USDT\",\"status\":\"Trading\"}]}}";
    private const string Prices = "{\"retCode\":0,\"result\":{\"list\":[{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"1.50\"}]},\"time\":7}";

    private readonly HandClock _clock = new();

    // The clock's own limits never pass.
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(1));

    public void Dispose() => _end.Dispose();

    [Fact]
    [Trait("Fault", "25")]
    public void A_server_that_resets_each_connection_as_soon_as_it_is_made_is_a_reason_and_no_fault_of_the_program()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(64);
        var resetting = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using Socket client = listener.Accept();
                    client.LingerState = new LingerOption(true, 0);
                }
            }
            catch (SocketException)
            {
                // The test is over.
            }
        });
        resetting.Start();
        var rest = new RestClient(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}"), null, TimeProvider.System);
        try
        {
            // The reset comes before, while or after the framework looks at the connection.
            for (int i = 0; i < 300; i++)
                Assert.NotEmpty(Ask(rest, "tickers")!.Reason);
        }
        finally
        {
            listener.Dispose();
            Assert.True(resetting.Join(TimeSpan.FromSeconds(20)));
        }
    }

    [Theory]
    [InlineData("instruments", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("tickers", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")]
    [Trait("Fault", "2")]
    public void Once_the_exchange_asks_for_a_pause_nobody_asks_anything_for_ten_minutes(string asker, string answer)
    {
        bool bans = true;
        using var server = new SmallServer(path =>
            bans ? answer
            : SmallServer.Ok(path.Contains("tickers", StringComparison.Ordinal) ? Prices : Listed));
        var client = new RestClient(server.Address, null, _clock);
        Assert.False(client.IsPaused);
        Assert.True(Ask(client, asker)!.Banned);
        bans = false;

        _clock.Now += TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1);
        var pause = new RestTrouble("the exchange asked for a pause of 10 minutes, which is not over", Banned: true);
        Assert.Equal((pause, pause), (Ask(client, "instruments"), Ask(client, "tickers")));
        Assert.True(client.IsPaused);
        Assert.Single(server.Asked);

        _clock.Now += TimeSpan.FromTicks(1);
        Assert.Equal((null, null), (Ask(client, "instruments"), Ask(client, "tickers")));
        Assert.False(client.IsPaused);
        Assert.Equal(3, server.Asked.Count);
    }

    [Theory]
    [InlineData("instruments")]
    [InlineData("tickers")]
    [Trait("Fault", "90")]
    public void A_limit_of_a_second_costs_seconds_for_whoever_asks_more_if_it_comes_again_and_the_first_pause_after_an_answer(string asker)
    {
        bool limits = true;
        using var server = new SmallServer(path => SmallServer.Ok(limits ? "{\"retCode\":10006,\"retMsg\":\"Too many visits!\",\"result\":{}}" : path.Contains("tickers", StringComparison.Ordinal) ? Prices : Listed));
        var client = new RestClient(server.Address, null, _clock);
        int asked = 0;
        foreach (int pauseS in (int[])[2, 4, 8, 16, 30, 30])
        {
            RestTrouble trouble = Ask(client, asker)!;
            Assert.Equal((false, true), (trouble.Banned, trouble.Limited));
            Assert.Equal(++asked, server.Asked.Count);
            _clock.Now += TimeSpan.FromSeconds(pauseS) - TimeSpan.FromTicks(1);
            var paused = new RestTrouble($"the exchange asked for a pause of {pauseS} s, which is not over", Limited: true);
            Assert.Equal((paused, paused), (Ask(client, "instruments"), Ask(client, "tickers")));
            _clock.Now += TimeSpan.FromTicks(1);
            Assert.False(client.IsPaused);
        }
        limits = false;
        Assert.Null(Ask(client, asker));
        limits = true;
        Assert.True(Ask(client, asker)!.Limited);
        _clock.Now += TimeSpan.FromSeconds(2);
        Assert.False(client.IsPaused);
    }

    [Fact, Trait("Fault", "2")]
    public void A_pause_asked_for_in_another_way_holds_here_too()
    {
        using var server = new SmallServer(_ => SmallServer.Ok(Prices));
        var client = new RestClient(server.Address, null, _clock);
        client.Ban();
        Assert.True(Ask(client, "tickers")!.Banned);
        Assert.Empty(server.Asked);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n")]
    public void Other_trouble_is_no_reason_for_a_pause(string answer)
    {
        using var server = new SmallServer(_ => answer);
        var client = new RestClient(server.Address, null, _clock);
        Assert.False(Ask(client, "tickers")!.Banned);
        Assert.False(client.IsPaused);
        Ask(client, "tickers");
        Assert.Equal(["/v5/market/tickers?category=spot", "/v5/market/tickers?category=spot"], server.Asked);
    }

    [Theory]
    [InlineData(Venue.Linear, "/v5/market/tickers?category=linear")]
    [InlineData(Venue.Inverse, "/v5/market/tickers?category=inverse")]
    public void Prices_are_asked_for_by_market(Venue venue, string path)
    {
        using var server = new SmallServer(_ => SmallServer.Ok(Prices));
        Assert.Null(new Tickers(new RestClient(server.Address, null, _clock), venue).Ask(new HashSet<string> { "BTCUSDT" }, _end.Token, out TickersAnswer? answer));
        Assert.Equal("1.50", answer!.Prices["BTCUSDT"].ToString());
        Assert.Equal([path], server.Asked);
    }

    [Fact]
    public void An_answer_says_when_it_was_asked_for_and_when_it_was_there()
    {
        using var server = new SmallServer(_ =>
        {
            _clock.Now += TimeSpan.FromSeconds(3);
            return SmallServer.Ok(Prices);
        });
        long before = _clock.GetTimestamp();
        Assert.Null(new Tickers(new RestClient(server.Address, null, _clock), Venue.Spot).Ask(new HashSet<string>(), _end.Token, out TickersAnswer? answer));
        Assert.Equal((before, before + TimeSpan.FromSeconds(3).Ticks), (answer!.AskedAt, answer.AnsweredAt));
    }

    [Fact]
    public void A_body_without_a_length_and_one_larger_than_the_first_buffer_come_whole()
    {
        string large = new('x', 300_000);
        using var server = new SmallServer(_ => $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{large}");
        Assert.Equal([large], Bodies(new RestClient(server.Address, null, _clock), ["/a"], TimeSpan.Zero));
    }

    [Fact]
    public void A_body_without_a_length_that_does_not_end_is_given_up_at_the_bound()
    {
        using var server = new SmallServer(_ => $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{new string('x', RestClient.BodyBytesMax + 1)}");
        RestTrouble? trouble = new RestClient(server.Address, null, _clock).Ask(get => get("/", out _), _end.Token);
        Assert.Equal(new RestTrouble($"the body is larger than {RestClient.BodyBytesMax} bytes"), trouble);
    }

    [Fact]
    public void A_short_answer_after_a_long_one_holds_nothing_of_it()
    {
        using var server = new SmallServer(path => SmallServer.Ok(BodyOf(path)));
        var client = new RestClient(server.Address, null, _clock);
        string[] paths = ["/200000", "/3", "/0", "/90000", "/1"];
        Assert.Equal(paths.Select(BodyOf), Bodies(client, paths, TimeSpan.Zero));
        Assert.Equal(paths.Select(BodyOf), paths.SelectMany(path => Bodies(client, [path], TimeSpan.Zero)));
    }

    [Fact]
    public void An_answer_stands_unchanged_while_another_question_is_asked_and_answered()
    {
        using var server = new SmallServer(path => SmallServer.Ok(BodyOf(path)));
        var client = new RestClient(server.Address, null, _clock);
        Bodies(client, ["/5"], TimeSpan.Zero);
        string standing = "";
        Assert.Null(client.Ask(
            get =>
            {
                RestTrouble? trouble = get("/1000", out RestBody body);
                Assert.Equal([BodyOf("/1001"), BodyOf("/2002")], Bodies(client, ["/1001", "/2002"], TimeSpan.Zero));
                standing = Encoding.UTF8.GetString(body.Span);
                return trouble;
            },
            _end.Token));
        Assert.Equal(BodyOf("/1000"), standing);
    }

    [Fact]
    public void The_same_buffer_serves_one_question_after_another()
    {
        string large = new('x', 900_000);
        using var server = new SmallServer(_ => SmallServer.Ok(large));
        var client = new RestClient(server.Address, null, _clock);
        long[] allocated = new long[4];
        for (int i = 0; i < allocated.Length; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Null(client.Ask(get => get("/", out _), _end.Token));
            allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.True(allocated[0] > large.Length);
        Assert.All(allocated[1..], bytes => Assert.InRange(bytes, 0, large.Length / 2));
    }

    [Fact]
    public void Two_threads_that_ask_at_once_each_get_their_own_answers()
    {
        using var server = new SmallServer(path => SmallServer.Ok(BodyOf(path)));
        var client = new RestClient(server.Address, null, _clock);
        var failures = new List<string>();
        Thread[] threads = [.. Enumerable.Range(1, 2).Select(number => OwnThread.Start(
            $"asks-{number}",
            () =>
            {
                for (int i = 0; i < 15; i++)
                {
                    string[] paths = [$"/{number * 1_000 + i}", $"/{number * 70_000 + i}"];
                    List<string> bodies = Bodies(client, paths, TimeSpan.FromMilliseconds(2));
                    if (!bodies.SequenceEqual(paths.Select(BodyOf)))
                        lock (failures)
                            failures.Add($"thread {number}, turn {i}");
                }
            },
            (name, failure) =>
            {
                lock (failures)
                    failures.Add($"{name}: {failure}");
            }))];
        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromMinutes(1))));
        Assert.Empty(failures);
        Assert.Equal(60, server.Asked.Count);
    }

    // As long as the path says, and of a letter that the length decides.
    private static string BodyOf(string path) => new((char)('a' + int.Parse(path[1..]) % 26), int.Parse(path[1..]));

    // All in one row of questions; each body is looked at for a while before the next is asked for.
    private List<string> Bodies(RestClient client, string[] paths, TimeSpan lookedAtFor)
    {
        var bodies = new List<string>();
        RestTrouble? trouble = client.Ask(
            get =>
            {
                foreach (string path in paths)
                {
                    if (get(path, out RestBody body) is { } failed)
                        return failed;
                    Thread.Sleep(lookedAtFor);
                    bodies.Add(Encoding.UTF8.GetString(body.Span));
                }
                return null;
            },
            _end.Token);
        Assert.Null(trouble);
        return bodies;
    }

    private RestTrouble? Ask(RestClient client, string asker) =>
        asker == "instruments"
            ? new Instruments(client, Venue.Spot).Ask(_end.Token).Trouble
            : new Tickers(client, Venue.Spot).Ask(new HashSet<string> { "BTCUSDT" }, _end.Token, out _);
}
