using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BybitSpot.Net;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Net;

// Addresses of loopback: some answer, some refuse, some are dead without a word. Times are held against the race's own limit.
[Trait("Fault", "86")]
public sealed class RaceTests : IDisposable
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
        Answer(s_third);
        var watch = Stopwatch.StartNew();
        using Socket winner = Race(s_limit, s_first, s_second, s_third).Next();
        Assert.InRange(watch.Elapsed, BybitSpot.Net.Race.NextAfter * 1.8, s_limit / 2);
        Assert.Equal(new IPEndPoint(s_third, _port), winner.RemoteEndPoint);
        AssertOnlyOpen(winner);
        AssertTrulyBlocking(winner);
    }

    [Fact]
    public void A_refused_address_is_passed_over_without_any_wait()
    {
        Answer(s_third);
        using Socket winner = Race(s_limit, s_first, s_second, s_third).Next();
        Assert.Equal(new IPEndPoint(s_third, _port), winner.RemoteEndPoint);
        // Two failures, and no wait in which the thread would have woken.
        Assert.Equal((3, 2), (_told.Count, _ticks));
        AssertOnlyOpen(winner);
        AssertTrulyBlocking(winner);
    }

    [Fact]
    public void The_first_is_taken_alone_when_it_answers()
    {
        Answer(s_first);
        Answer(s_second);
        Race race = Race(s_limit, s_first, s_second);
        using Socket winner = race.Next();
        Assert.Same(winner, Assert.Single(_told));
        Assert.Equal(0, _ticks);
        Assert.True(race.HasMore);
        AssertTrulyBlocking(winner);
        // Whoever cannot use it takes the next.
        using Socket other = race.Next();
        Assert.Equal(new IPEndPoint(s_second, _port), other.RemoteEndPoint);
        Assert.False(race.HasMore);
    }

    [Fact]
    public void Where_all_refuse_it_says_so_at_once()
    {
        Race race = Race(s_limit, s_first, IPAddress.IPv6Loopback, s_second);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(race.Next).SocketErrorCode);
        Assert.Equal((3, 3), (_told.Count, _ticks));
        Assert.False(race.HasMore);
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
        // On a machine that is busy with others it wakes later than it asked to.
        Assert.True(_ticks >= 7 || watch.Elapsed > limit * 1.1, $"woke {_ticks} times in {watch.Elapsed}");
        Assert.Equal(2, _told.Count);
        AssertOnlyOpen();
    }

    [Fact]
    public void An_address_that_answers_late_still_wins_and_its_socket_is_as_good_as_any()
    {
        Dead dead = Die(s_first);
        Thread opens = new(() =>
        {
            Until(() => _told.Count == 1 && _ticks > 0);
            dead.Open();
        });
        opens.Start();
        using Socket winner = Race(s_limit, s_first).Next();
        opens.Join();
        Assert.True(winner.Connected);
        Assert.Equal(new IPEndPoint(s_first, _port), winner.RemoteEndPoint);
        AssertTrulyBlocking(winner);
        using Socket other = dead.Accept((IPEndPoint)winner.LocalEndPoint!);
        winner.Send("ping"u8);
        byte[] bytes = new byte[4];
        Assert.Equal(4, other.Receive(bytes));
        other.Send(bytes);
        Assert.Equal(4, winner.Receive(bytes));
        AssertTrulyBlocking(winner);
        // Whoever was told of it before can end it.
        _told.First().Shutdown(SocketShutdown.Both);
        Assert.Equal(0, winner.Receive(bytes));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(winner.SafeHandle.IsClosed);
    }

    [Fact]
    public void What_the_waking_thread_throws_ends_the_race_and_leaves_nothing_behind()
    {
        Die(s_first);
        Die(s_second);
        var race = new Race([s_first, s_second], _port, TimeProvider.System, Deadline(s_limit), _told.Enqueue, () =>
        {
            if (_told.Count == 2)
                throw new OperationCanceledException();
        });
        Assert.Throws<OperationCanceledException>(race.Next);
        AssertOnlyOpen();
    }

    [Fact]
    public void A_race_ends_when_its_sockets_are_shut_down()
    {
        Die(s_first);
        Thread ends = new(() =>
        {
            Until(() => _ticks > 1);
            _told.Single().Shutdown(SocketShutdown.Both);
        });
        ends.Start();
        var watch = Stopwatch.StartNew();
        Assert.Throws<SocketException>(Race(s_limit, s_first).Next);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, s_limit / 2);
        ends.Join();
        AssertOnlyOpen();
    }

    [Fact]
    public void No_thread_is_started_for_it()
    {
        Die(s_first);
        Answer(s_second);
        int present = 0;
        Thread racing = new(() =>
        {
            int before = Process.GetCurrentProcess().Threads.Count;
            using Socket winner = new Race([s_first, s_second], _port, TimeProvider.System, Deadline(s_limit), _told.Enqueue, () => present = Math.Max(present, Named())).Next();
        });
        racing.Start();
        racing.Join();
        Assert.Equal(0, present);

        // .NET's own for sockets begins with the first async call on one.
        static int Named() => ProcessThreads.Of(Environment.ProcessId).Count(t => ProcessThreads.Read(t, "comm").Trim() is "race" or "connect");
    }

    private Race Race(TimeSpan limit, params IPAddress[] addresses) =>
        new(addresses, _port, TimeProvider.System, Deadline(limit), _told.Enqueue, () => _ticks++);

    private static long Deadline(TimeSpan limit) => TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);

    private void Answer(IPAddress address)
    {
        var listener = new TcpListener(address, _port);
        listener.Start();
        _owned.Add(listener);
    }

    private Dead Die(IPAddress address)
    {
        var dead = new Dead(new IPEndPoint(address, _port));
        _owned.Add(dead);
        return dead;
    }

    private void AssertOnlyOpen(params Socket[] open) =>
        Assert.All(_told, told => Assert.Equal(!open.Any(o => ReferenceEquals(o.SafeHandle, told.SafeHandle)), told.SafeHandle.IsClosed));

    private static void AssertTrulyBlocking(Socket socket)
    {
        Assert.True(socket.Blocking);
        string flags = File.ReadLines($"/proc/self/fdinfo/{socket.Handle}").Single(l => l.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim();
        Assert.Equal(0, Convert.ToInt32(flags, 8) & 0x800);
    }

    private static void Until(Func<bool> condition) => Journeys.Until.True("the race is under way", condition);

    /// <summary>Takes no connection and refuses none: its queue is full, and the kernel drops what knocks.</summary>
    private sealed class Dead : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public Dead(IPEndPoint at)
        {
            _listener.Bind(at);
            _listener.Listen(0);
            while (true)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 100 };
                _waiting.Add(socket);
                try
                {
                    socket.Connect(at);
                }
                catch (SocketException)
                {
                    return;
                }
            }
        }

        /// <summary>From now on it answers who knocks again.</summary>
        public void Open()
        {
            _listener.Listen(16);
            _waiting.ForEach(s => s.Dispose());
        }

        public Socket Accept(IPEndPoint from)
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                if (from.Equals(socket.RemoteEndPoint))
                    return socket;
                socket.Dispose();
            }
        }

        public void Dispose()
        {
            _waiting.ForEach(s => s.Dispose());
            _listener.Dispose();
        }
    }
}
