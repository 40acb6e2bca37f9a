using System.Globalization;
using System.Text;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

// Messages of one sequence and time on redundant lines. The reference knows nothing of the rule: it is the last message of all,
// which a line that saw everything would have brought last.
public sealed class MomentPropertyTests
{
    private enum Ids
    {
        Numbers,
        Names,
    }

    /// <summary>A trade, or a ticker that tells of the last one.</summary>
    private sealed record Entry(bool IsTicker, long Sequence, long TimeMs, ulong Number, string Name, string Price);

    /// <summary>Some trades that share sequence and time, or one ticker.</summary>
    private sealed record Sent(Entry[] Entries)
    {
        public Entry Last => Entries[^1];

        public override string ToString() => Last.IsTicker ? $"ticker {Last.Price} of {Last.Number} at {Last.TimeMs % 1_000}" : $"{string.Join(' ', Entries.Select(e => $"{e.Number}={e.Price}"))} at {Last.TimeMs % 1_000}";
    }

    [Fact, Trait("Fault", "82")]
    public void Where_one_line_saw_everything_the_end_is_its_last_message_whatever_the_others_missed_repeated_and_split_elsewhere() =>
        Holds.ForSeeds(4_000, random =>
        {
            Ids ids = random.Next(2) == 0 ? Ids.Numbers : Ids.Names;
            Entry[] all = Exchange(random, tickersShareMoments: true);
            Sent[][] lines = new Sent[random.Next(1, 5)][];
            int complete = random.Next(lines.Length);
            for (int i = 0; i < lines.Length; i++)
            {
                Sent[] split = Split(random, all);
                lines[i] = Repeating(random, i == complete ? split : [.. split.Where(_ => random.Next(3) != 0)]);
            }
            EndIs(all[^1], random, lines, ids);
        });

    [Fact, Trait("Fault", "82")]
    public void Where_ids_are_numbers_it_is_enough_that_each_message_came_on_some_line() =>
        Holds.ForSeeds(4_000, random =>
        {
            Entry[] all = Exchange(random, tickersShareMoments: false);
            Sent[] split = Split(random, all);
            int[] owner = [.. split.Select(_ => random.Next(3))];
            Sent[][] lines = [.. Enumerable.Range(0, 3).Select(line => Repeating(random, [.. split.Where((_, i) => owner[i] == line || random.Next(3) == 0)]))];
            EndIs(all[^1], random, lines, Ids.Numbers);
        });

    [Fact, Trait("Fault", "82")]
    public void Lines_that_began_and_ended_in_mid_moment_are_enough_where_each_overlaps_with_the_next_and_nothing_goes_back() =>
        Holds.ForSeeds(4_000, random =>
        {
            var all = new Stamp[random.Next(2, 14)];
            for (int i = 0; i < all.Length; i++)
                all[i] = new Stamp(Channel.Trade, 0, 100, 1_000, 0, 100 + (ulong)i, (ulong)random.Next(1, 3));
            int count = random.Next(2, 5), from = 0;
            var lines = new Stamp[count][];
            for (int i = 0; i < count; i++)
            {
                int end = i == count - 1 ? all.Length : random.Next(from + 1, all.Length + 1);
                lines[i] = [.. all[from..end].Select(m => m with { Line = i + 1 })];
                from = random.Next(from, end);
            }
            var state = default(ArbiterState);
            int stood = -1;
            foreach (Stamp message in Interleaved(random, lines))
            {
                Arbiter.Judge(ref state, message, Encoding.ASCII.GetBytes($"{message.IdMark}"));
                int stands = (int)state.Newest.IdMark - 100;
                Assert.True(stands >= stood, $"{stands} after {stood}");
                stood = stands;
            }
            Assert.Equal(all.Length - 1, stood);
        });

    [Fact, Trait("Fault", "82")]
    public void One_trade_more_on_the_second_line_only_is_taken_at_once_after_1024_of_one_price_on_both()
    {
        foreach (Ids ids in Enum.GetValues<Ids>())
        {
            Entry Trade(int i, string price) => new(false, 100, 1_786_310_821_917, 1_000 + (ulong)i, Name(i), price);
            var first = new Sent([.. Enumerable.Range(0, 1_024).Select(i => Trade(i, "1.5"))]);
            var table = new Table();
            table.Bring(first, 1, ids);
            table.Bring(first, 2, ids);
            table.Bring(new Sent([Trade(1_024, "2.5")]), 2, ids);
            Assert.Equal("2.5", table.Read().Price);
        }
    }

    private static void EndIs(Entry last, Random random, Sent[][] lines, Ids ids)
    {
        var table = new Table();
        var told = new StringBuilder();
        foreach ((Sent message, int line) in Interleaved(random, [.. lines.Select((l, i) => l.Select(m => (m, i + 1)).ToArray())]))
        {
            Order order = table.Bring(message, line, ids);
            told.Append(CultureInfo.InvariantCulture, $"\n  line {line}: {message} {order}, stands {table.Read()}");
        }
        if (table.Read() != (last.Price, last.TimeMs, last.Sequence))
            Assert.Fail($"{ids}, the end should be {last}:{told}");
    }

    // A few moments, of several trades each, with few prices, so that the same comes back; tickers tell the price that stands.
    private static Entry[] Exchange(Random random, bool tickersShareMoments)
    {
        var all = new List<Entry>();
        long sequence = 1_000, timeMs = 1_786_310_821_917;
        for (int moments = random.Next(1, 4); moments > 0; moments--)
        {
            sequence += random.Next(0, 3);
            timeMs += random.Next(1, 30);
            for (int entries = random.Next(1, 9); entries > 0; entries--)
            {
                bool isTicker = tickersShareMoments && all.Count > 0 && all[^1].TimeMs == timeMs && random.Next(4) == 0;
                int number = all.Count;
                all.Add(new Entry(isTicker, sequence, timeMs, 1_000 + (ulong)number, Name(number), isTicker ? all[^1].Price : $"{random.Next(1, 4)}.5"));
            }
            if (random.Next(3) == 0)
                all.Add(all[^1] with { IsTicker = true, TimeMs = timeMs += random.Next(1, 30) });
        }
        return [.. all];
    }

    private static string Name(int number) => $"b7d4a3de-3b9c-5f0a-b0a7-6d2a1b{number:000000}";

    private static Sent[] Split(Random random, Entry[] all)
    {
        var messages = new List<Sent>();
        var open = new List<Entry>();
        for (int i = 0; i < all.Length; i++)
        {
            open.Add(all[i]);
            bool goesOn = i + 1 < all.Length && !all[i].IsTicker && !all[i + 1].IsTicker && all[i + 1].TimeMs == all[i].TimeMs;
            if (goesOn && random.Next(2) == 0)
                continue;
            messages.Add(new Sent([.. open]));
            open.Clear();
        }
        return [.. messages];
    }

    // Some messages once more, at once or later.
    private static Sent[] Repeating(Random random, Sent[] messages)
    {
        if (random.Next(2) == 0)
            return messages;
        var repeated = new List<Sent>();
        foreach (Sent message in messages)
        {
            repeated.Add(message);
            if (random.Next(3) == 0)
                repeated.Add(repeated[random.Next(repeated.Count)]);
        }
        return [.. repeated];
    }

    private static IEnumerable<T> Interleaved<T>(Random random, T[][] lines)
    {
        int[] next = new int[lines.Length];
        int favourite = random.Next(lines.Length);
        while (Enumerable.Range(0, lines.Length).Where(l => next[l] < lines[l].Length).ToArray() is { Length: > 0 } open)
        {
            int line = open.Contains(favourite) && random.Next(2) == 0 ? favourite : open[random.Next(open.Length)];
            if (random.Next(6) == 0)
                favourite = line;
            yield return lines[line][next[line]++];
        }
    }

    private sealed class Table
    {
        private readonly LatestTable _table = new();
        private readonly Arbitration _arbitration;
        private readonly int _slot;

        public Table()
        {
            _arbitration = new Arbitration(_table);
            _slot = _table.Add(new Instrument("ETHUSDT", "ETH"));
            _arbitration.Begin(_slot);
        }

        public Order Bring(Sent sent, int line, Ids ids)
        {
            string text = sent.Last.IsTicker
                ? Frames.Ticker("ETHUSDT", ts: $"{sent.Last.TimeMs}", cs: $"{sent.Last.Sequence}", price: $"\"{sent.Last.Price}\"")
                : Frames.Trades("ETHUSDT", sent.Entries.Select(e => Frames.Trade(
                    id: ids == Ids.Names ? e.Name : e.Number.ToString(CultureInfo.InvariantCulture), time: $"{e.TimeMs}", price: $"\"{e.Price}\"", sequence: $"{e.Sequence}")));
            byte[] frame = Encoding.UTF8.GetBytes(text);
            var message = default(Message);
            Assert.Equal(Verdict.Tick, TickDecoder.Decode(frame, false, ref message));
            var stamp = new Stamp(message.Channel, line, message.Sequence, message.TimeMs, message.TradeId, message.IdMark, Stamp.MarkOf(message.Price));
            return _arbitration.Publish(_slot, stamp, message.Price, 0, frame);
        }

        public (string Price, long TimeMs, long Sequence) Read()
        {
            Assert.Equal(SlotState.Priced, _table.Read(_slot, out Tick tick));
            return (tick.Price.ToString(), tick.TimeMs, tick.Sequence);
        }
    }
}
