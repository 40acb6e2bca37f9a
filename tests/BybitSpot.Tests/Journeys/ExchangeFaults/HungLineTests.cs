using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using BybitSpot.Simulator;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class HungLineTests
{
    [Fact]
    [Trait("Fault", "3")]
    public void Sixteen_hung_connects_slow_no_good_one_end_in_time_and_leave_no_socket_behind()
    {
        using Exchange hung = Exchange.Start(), good = Exchange.Start();
        hung.Faults.UpgradeNeverAnswered = true;
        var sockets = new ConcurrentBag<Socket>();
        var reasons = new ConcurrentBag<string>();
        var watch = Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, 16).Select(_ => Start(() =>
        {
            DialException ended = Assert.Throws<DialException>(() => Dialer.Dial(new Uri(hung.StreamUrl), null, TimeProvider.System, sockets.Add));
            reasons.Add(ended.Message);
        }))];
        Assert.True(hung.WaitFor(e => e.Connections.Count == 16, Until.Limit), "sixteen hang");

        using (Dialer.Dial(new Uri(good.StreamUrl), null, TimeProvider.System, sockets.Add))
            Assert.True(threads.All(t => t.IsAlive), "the good one came after hung ones had ended");

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a hung connect goes on"));
        Assert.True(watch.Elapsed.TotalSeconds >= 9, $"{watch.Elapsed}");
        Assert.Equal(Enumerable.Repeat("the upgrade took longer than 10 s", 16), reasons);
        Assert.Equal(17, sockets.Count);
        Assert.All(sockets, socket => Assert.True(socket.SafeHandle.IsClosed));
        Assert.True(hung.WaitFor(e => e.Connections.All(c => c.ClosedAt is not null), Until.Limit), "the exchange sees them closed");
    }

    [Fact]
    public void A_hung_connect_ends_at_once_when_its_socket_is_shut_down()
    {
        using Exchange hung = Exchange.Start();
        hung.Faults.UpgradeNeverAnswered = true;
        var sockets = new ConcurrentBag<Socket>();
        Thread thread = Start(() => Assert.Throws<DialException>(() => Dialer.Dial(new Uri(hung.StreamUrl), null, TimeProvider.System, sockets.Add)));
        Assert.True(hung.WaitFor(e => e.Connections.Count == 1, Until.Limit), "it hangs");
        sockets.Single().Shutdown(SocketShutdown.Both);
        Assert.True(thread.Join(Until.Limit), "it hangs on");
        Assert.True(sockets.Single().SafeHandle.IsClosed);
    }

    [Theory]
    [Trait("Fault", "63")]
    [InlineData("hung upgrade")]
    [InlineData("rest before a reconnect")]
    [InlineData("silence")]
    public void A_line_ends_at_once_wherever_it_is(string phase)
    {
        using Exchange exchange = Exchange.Start();
        exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "100.00");
        exchange.Faults.UpgradeNeverAnswered = phase == "hung upgrade";
        exchange.Faults.UpgradeStatus = phase == "rest before a reconnect" ? 503 : null;
        var table = new LatestTable();
        var bitcoin = new Instrument("BTCUSDT", "BTC");
        int slot = table.Add(bitcoin);
        var arbitration = new Arbitration(table);
        arbitration.Begin(slot);
        var options = new FeedOptions(new Uri(exchange.StreamUrl), Venue.Spot, [Channel.Ticker], 1, TimeSpan.FromSeconds(60), 0, null);
        var line = new Line(1, options, new LineParts(arbitration, new FailureBudget(0), new AnchoredClock(TimeProvider.System), new Acquittal(TimeProvider.System)), () => { }, () => { }, TimeProvider.System, NullLogger.Instance);
        line.Want([(bitcoin, slot)]);
        Thread thread = Start(line.Run);
        Assert.True(exchange.WaitFor(e => e.Connections.Count == 1, Until.Limit), "it connects");
        Until.True("the phase", () => phase switch
        {
            "hung upgrade" => true,
            "silence" => table.Read(slot, out _) == SlotState.Priced,
            _ => line.Counts.Reconnects == 1,
        });
        exchange.Faults.Silent = true;
        line.Stop();
        Assert.True(thread.Join(Until.Limit), "it goes on");
    }

    private static Thread Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
