using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Tests.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Web;

/// <summary>Clients that are too many, too slow or too long.</summary>
public sealed class FloodTests
{
    /// <summary>How many clients the page takes at a time.</summary>
    private const int PlacesMax = 64;

    /// <summary>Just taken, and about to be sent away.</summary>
    private const int PassingMax = 70;

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact, Trait("Fault", "76")]
    public void A_thousand_sockets_get_no_more_places_than_there_are_and_the_feed_goes_on()
    {
        using Journey journey = PageTests.Begin();
        Page page = Page.Of(journey.Bot);
        Assert.Equal(200, page.Get("/healthz").Status);
        int pid = journey.Bot.Process.Id, before = SocketsOf(pid);
        long residentBefore = journey.Bot.Process.WorkingSet64;
        var crowd = new List<Socket>();
        try
        {
            for (int i = 0; i < 1_000; i++)
            {
                crowd.Add(Knock(page.Port));
                if (i % 50 == 0)
                    Trade(journey, i);
                Assert.InRange(SocketsOf(pid), 0, before + PlacesMax + PassingMax);
            }
            // Half of those that got a place begin to ask, and never end.
            foreach (Socket socket in crowd.Where((_, i) => i % 2 == 0))
                TrySend(socket, "GET /healthz HTTP/1.1\r\nHost: loc");
            for (int i = 1_000; i < 1_020; i++)
                Trade(journey, i);
            Until.True("those without a place are sent away", () => SocketsOf(pid) <= before + PlacesMax, s_long);
            journey.Bot.Process.Refresh();
            Assert.InRange(journey.Bot.Process.WorkingSet64 - residentBefore, long.MinValue, 32 * 1024 * 1024);
        }
        finally
        {
            crowd.ForEach(s => s.Dispose());
        }
        page.Becomes("/healthz", 200, s_long);
        Assert.All(Exposition.Read(page.Becomes("/metrics", 200, s_long).Body), f => Assert.NotEmpty(f.Samples));
        Trade(journey, 2_000);
        Until.True("nobody is left", () => SocketsOf(pid) <= before + 1, s_long);
    }

    [Theory, Trait("Fault", "76")]
    [InlineData("")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: loc")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", 50)]
    public void Sockets_that_are_held_shut_nobody_out(string sent, int times = 1)
    {
        using Journey journey = PageTests.Begin();
        Page page = Page.Of(journey.Bot);
        int pid = journey.Bot.Process.Id, before = SocketsOf(pid);
        var held = new List<Socket>();
        try
        {
            for (int i = 0; i < 3 * PlacesMax; i++)
            {
                Socket socket = page.Connect();
                held.Add(socket);
                socket.Blocking = false;
                for (int k = 0; k < times; k++)
                    TrySend(socket, sent);
                // In the midst of them, and with all places taken: answered at once, not when somebody's time is over.
                if (i % 16 == 15)
                    Assert.Equal(200, page.Get("/healthz").Status);
            }
            Assert.Equal(200, page.Get("/metrics").Status);
            Until.True("no more than have a place", () => SocketsOf(pid) <= before + PlacesMax, s_long);
            Trade(journey, 1);
        }
        finally
        {
            held.ForEach(s => s.Dispose());
        }
    }

    [Fact, Trait("Fault", "76")]
    public void Whoever_asks_letter_by_letter_or_not_at_all_is_sent_away_and_makes_room()
    {
        using Journey journey = PageTests.Begin();
        Page page = Page.Of(journey.Bot);
        var slow = new List<Socket>();
        try
        {
            for (int i = 0; i < PlacesMax; i++)
                slow.Add(Knock(page.Port));
            var watch = Stopwatch.StartNew();
            int sent = 0;
            Until.True("all of them are sent away", () =>
            {
                // A letter every half second to each second one; the others say nothing.
                if (watch.Elapsed > TimeSpan.FromMilliseconds(500) * sent)
                {
                    Trade(journey, sent++);
                    foreach (Socket socket in slow.Where((_, i) => i % 2 == 0))
                        TrySend(socket, "x");
                }
                return slow.TrueForAll(HasEnded);
            }, s_long);
        }
        finally
        {
            slow.ForEach(s => s.Dispose());
        }
        page.Becomes("/healthz", 200, s_long);
    }

    [Fact, Trait("Fault", "76")]
    public void Heads_that_are_too_long_are_refused_and_the_next_one_is_answered()
    {
        using Journey journey = PageTests.Begin();
        Page page = Page.Of(journey.Bot);
        Assert.Equal(414, page.Get("/" + new string('x', 2_100)).Status);
        Assert.Equal(431, page.Get("/healthz", "X: " + new string('x', 8_200)).Status);
        Assert.Equal(431, page.Get("/healthz", [.. Enumerable.Range(0, 33).Select(i => $"X{i}: x")]).Status);
        Assert.Equal(200, page.Get("/healthz", [.. Enumerable.Range(0, 28).Select(i => $"X{i}: x")]).Status);
        Assert.Equal(400, page.Send("\0\u0001\u0002 nonsense\r\n\r\n").Status);
        Trade(journey, 1);
    }

    private static void Trade(Journey journey, int number) => journey.TradeArrives("BTCUSDT", $"{1000 + number}.5");

    private static int SocketsOf(int pid) =>
        Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count(f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) ?? false);

    /// <summary>Begins to connect, and waits for nothing.</summary>
    private static Socket Knock(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException)
        {
            // On its way, or refused.
        }
        return socket;
    }

    private static void TrySend(Socket socket, string text)
    {
        try
        {
            socket.Send(Encoding.ASCII.GetBytes(text));
        }
        catch (SocketException)
        {
            // Never got in, or was sent away.
        }
    }

    private static bool HasEnded(Socket socket)
    {
        try
        {
            while (socket.Receive(new byte[1024]) > 0)
            {
            }
            return true;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode != SocketError.WouldBlock;
        }
    }
}
