using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BybitSpot.Net;
using Xunit;

namespace BybitSpot.Tests.Net;

/// <summary>The race as other systems run it, where no limit of a call holds for connect; RaceTests has Linux' way.</summary>
[Trait("Fault", "86")]
public sealed class PollingRaceTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private static readonly IPAddress s_first = IPAddress.Parse("127.0.0.2"), s_second = IPAddress.Parse("127.0.0.3"), s_third = IPAddress.Parse("127.0.0.4");

    private readonly int _port = Journeys.Repository.FreePort();
    private readonly List<IDisposable> _owned = [];
    private readonly ConcurrentQueue<Socket> _told = new();
    private int _ticks;

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    [Fact]
    public void A_dead_first_address_costs_a_quarter_of_a_second_and_the_next_wins()
    {
        Die(s_first);
        Die(s_second);
        TcpListener third = Answer(s_third);
        var watch = Stopwatch.StartNew();
        using Socket winner = Race(s_limit, s_first, s_second, s_third).Next();
        Assert.InRange(watch.Elapsed, BybitSpot.Net.Race.NextAfter * 1.8, s_limit / 4);
        Assert.Equal(new IPEndPoint(s_third, _port), winner.RemoteEndPoint);
        AssertServes(winner, third);
        AssertOnlyOpen(winner);
    }

    [Fact]
    public void A_refused_address_is_passed_over_and_the_next_serves()
    {
        TcpListener third = Answer(s_third);
        using Socket winner = Race(s_limit, s_first, s_second, s_third).Next();
        Assert.Equal(new IPEndPoint(s_third, _port), winner.RemoteEndPoint);
        AssertServes(winner, third);
        AssertOnlyOpen(winner);
    }

    [Fact]
    public void Whoever_cannot_use_the_first_takes_the_next()
    {
        Answer(s_first);
        TcpListener second = Answer(s_second);
        Race race = Race(s_limit, s_first, s_second);
        using Socket first = race.Next();
        Assert.True(race.HasMore);
        using Socket other = race.Next();
        Assert.Equal(new IPEndPoint(s_second, _port), other.RemoteEndPoint);
        Assert.False(race.HasMore);
        AssertServes(other, second);
    }

    [Fact]
    public void Where_all_refuse_it_says_so_at_once()
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(Race(s_limit, s_first, IPAddress.IPv6Loopback, s_second).Next).SocketErrorCode);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_limit / 2);
        AssertOnlyOpen();
    }

    [Fact]
    public void Where_all_are_dead_it_ends_at_the_limit_awake_five_times_a_second()
    {
        Die(s_first);
        Die(s_second);
        var watch = Stopwatch.StartNew();
        var limit = TimeSpan.FromSeconds(1.5);
        Assert.Equal(SocketError.TimedOut, Assert.Throws<SocketException>(Race(limit, s_first, s_second).Next).SocketErrorCode);
        Assert.InRange(watch.Elapsed, limit * 0.95, s_limit);
        Assert.True(_ticks >= 7 || watch.Elapsed > limit * 1.5, $"woke {_ticks} times in {watch.Elapsed}");
        AssertOnlyOpen();
    }

    [Fact]
    public void What_the_waking_thread_throws_ends_the_race_and_leaves_nothing_behind()
    {
        Die(s_first);
        var race = new Race([s_first], _port, TimeProvider.System, Deadline(s_limit), _told.Enqueue, () => throw new OperationCanceledException()) { Polls = true };
        Assert.Throws<OperationCanceledException>(race.Next);
        AssertOnlyOpen();
    }

    private Race Race(TimeSpan limit, params IPAddress[] addresses) =>
        new(addresses, _port, TimeProvider.System, Deadline(limit), _told.Enqueue, () => _ticks++) { Polls = true };

    private static long Deadline(TimeSpan limit) => TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);

    // Blocking, whichever way that is done: a receive waits for what is sent later, and a stream takes it.
    private static void AssertServes(Socket winner, TcpListener listener)
    {
        Assert.True(winner.Connected);
        Assert.True(winner.Blocking);
        using Socket other = listener.AcceptSocket();
        using var stream = new NetworkStream(winner, ownsSocket: false);
        stream.Write("ping"u8);
        byte[] bytes = new byte[4];
        Assert.Equal(4, other.Receive(bytes));
        var answers = new Thread(() =>
        {
            Thread.Sleep(50);
            other.Send("pong"u8);
        });
        answers.Start();
        winner.ReceiveTimeout = 20_000;
        Assert.Equal(4, winner.Receive(bytes));
        Assert.Equal("pong"u8, bytes);
        answers.Join();
    }

    private void AssertOnlyOpen(params Socket[] open) =>
        Assert.All(_told, told => Assert.Equal(!open.Any(o => ReferenceEquals(o.SafeHandle, told.SafeHandle)), told.SafeHandle.IsClosed));

    private TcpListener Answer(IPAddress address)
    {
        var listener = new TcpListener(address, _port);
        listener.Start();
        _owned.Add(listener);
        return listener;
    }

    /// <summary>From now on it takes no connection and refuses none: its queue is full, and the kernel drops what knocks.</summary>
    private void Die(IPAddress address)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _owned.Add(listener);
        listener.Bind(new IPEndPoint(address, _port));
        listener.Listen(0);
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 100 };
            _owned.Add(socket);
            try
            {
                socket.Connect(address, _port);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
