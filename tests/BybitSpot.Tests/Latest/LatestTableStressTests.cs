using System.Buffers.Text;
using System.Diagnostics;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Latest;

/// <summary>Many threads at one table. What is written is derived from one number, so that a reader can tell whether it belongs together.</summary>
public sealed class LatestTableStressTests
{
    private const int Coins = 4;
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(2);

    [Fact]
    public void Two_writers_and_three_readers_never_see_a_torn_slot_and_miss_no_last_price()
    {
        var table = new LatestTable();
        int[] slots = [.. Enumerable.Range(0, Coins).Select(i => table.Add(new Instrument($"C{i}USDT", $"C{i}")))];
        DirtySet[] readers = [table.CreateReader(), table.CreateReader(), table.CreateReader()];
        // Read by nobody until the end: it holds up no writer.
        DirtySet stopped = table.CreateReader();
        var watch = Stopwatch.StartNew();
        long[] last = new long[Coins];
        long writes = 0, reads = 0;
        bool writing = true;
        string? torn = null;
        var writers = new List<Thread>();
        for (int writer = 0; writer < 2; writer++)
        {
            int first = writer;
            writers.Add(Start(() =>
            {
                long number = first;
                while (watch.Elapsed < s_time)
                {
                    for (int i = 0; i < 64; i++, number += 2)
                        table.Set(slots[number / 2 % Coins], TickOf(number));
                }
                Interlocked.Add(ref writes, number / 2);
            }));
        }
        var drains = new List<Thread>();
        var seen = new long[readers.Length][];
        for (int r = 0; r < readers.Length; r++)
        {
            DirtySet reader = readers[r];
            long[] mine = seen[r] = new long[Coins];
            bool sleeps = r == 0;
            drains.Add(Start(() =>
            {
                while (true)
                {
                    bool more = Volatile.Read(ref writing);
                    while (reader.TryTake(out int slot))
                    {
                        if (table.Read(slot, out Tick tick) == SlotState.Priced && !BelongsTogether(tick))
                            torn ??= $"{tick.Price} {tick.TimeMs} {tick.Sequence}";
                        mine[slot] = tick.Sequence;
                        Interlocked.Increment(ref reads);
                    }
                    if (!more)
                        return;
                    if (sleeps)
                        reader.Wait(TimeSpan.FromMilliseconds(20));
                }
            }));
        }
        writers.ForEach(t => Assert.True(t.Join(s_time * 10), "a writer hangs"));
        Volatile.Write(ref writing, false);
        drains.ForEach(t => Assert.True(t.Join(s_time * 10), "a reader hangs"));
        Assert.Null(torn);
        for (int slot = 0; slot < Coins; slot++)
        {
            Assert.Equal(SlotState.Priced, table.Read(slot, out Tick tick));
            last[slot] = tick.Sequence;
            Assert.True(BelongsTogether(tick));
        }
        Assert.All(seen, mine => Assert.Equal(last, mine));
        var owed = new List<int>();
        while (stopped.TryTake(out int slot))
            owed.Add(slot);
        Assert.Equal(slots, owed);
        Assert.True(writes > 1_000, $"only {writes} writes");
        Assert.True(reads > 50, $"only {reads} reads");
    }

    [Fact]
    public void No_mark_is_lost_however_writer_and_reader_meet()
    {
        var table = new LatestTable();
        int slot = table.Add(new Instrument("AUSDT", "A"));
        DirtySet reader = table.CreateReader();
        // As many as there is time for; a busy machine has time for fewer.
        const int rounds = 20_000;
        TimeSpan time = TimeSpan.FromSeconds(10);
        long seen = 0;
        bool done = false;
        Thread drain = Start(() =>
        {
            while (!Volatile.Read(ref done))
            {
                // A wait without end in sight: a lost mark or a lost wake-up hangs here.
                reader.Wait(TimeSpan.FromSeconds(30));
                while (reader.TryTake(out int taken))
                {
                    table.Read(taken, out Tick tick);
                    Volatile.Write(ref seen, tick.Sequence);
                }
            }
        });
        var watch = Stopwatch.StartNew();
        for (long number = 1; number <= rounds && watch.Elapsed < time; number++)
        {
            table.Set(slot, TickOf(number));
            TimeSpan marked = watch.Elapsed;
            var spin = new SpinWait();
            while (Volatile.Read(ref seen) < number)
            {
                Assert.True(watch.Elapsed - marked < TimeSpan.FromSeconds(20), $"mark {number} was lost");
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
        Volatile.Write(ref done, true);
        reader.Wake();
        Assert.True(drain.Join(TimeSpan.FromSeconds(40)));
    }

    [Fact]
    public void A_reader_that_waits_is_woken_by_a_mark_and_by_a_call()
    {
        var table = new LatestTable();
        int slot = table.Add(new Instrument("AUSDT", "A"));
        DirtySet reader = table.CreateReader();
        foreach (Action wake in (Action[])[() => table.Set(slot, TickOf(1)), reader.Wake, () => table.Remove(slot, delete: false)])
        {
            var watch = Stopwatch.StartNew();
            Thread sleeper = Start(() => reader.Wait(TimeSpan.FromSeconds(30)));
            wake();
            Assert.True(sleeper.Join(TimeSpan.FromSeconds(10)), "not woken");
            while (reader.TryTake(out _))
            {
            }
        }
        var limit = Stopwatch.StartNew();
        reader.Wait(TimeSpan.FromMilliseconds(1));
        Assert.True(limit.Elapsed < TimeSpan.FromSeconds(10));
    }

    private static Tick TickOf(long number)
    {
        // Long and short prices in turn, so that a torn one has digits of both.
        Span<byte> text = stackalloc byte[Price.LengthMax];
        Utf8Formatter.TryFormat(number + 1, text, out int digits);
        int copies = number % 3 == 0 ? Price.LengthMax / digits : 1;
        for (int copy = 1; copy < copies; copy++)
            text[..digits].CopyTo(text[(copy * digits)..]);
        return new Tick { Price = Price.FromValid(text[..(copies * digits)]), TimeMs = number * 7 + 3, Sequence = number };
    }

    private static bool BelongsTogether(in Tick tick) => tick.TimeMs == tick.Sequence * 7 + 3 && tick.Price.Equals(TickOf(tick.Sequence).Price);

    private static Thread Start(ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
