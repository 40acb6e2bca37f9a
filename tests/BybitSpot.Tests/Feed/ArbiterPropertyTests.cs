using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class ArbiterPropertyTests
{
    private sealed record Sent(Stamp Stamp, int Price);

    [Fact, Trait("Fault", "11")]
    public void In_whatever_order_messages_come_the_newest_stands_in_the_end() =>
        Holds.ForSeeds(3_000, random =>
        {
            Sent[] messages = Exchange(random, random.Next(1, 25), sharesMoments: false);
            Stamp newest = messages[^1].Stamp;
            random.Shuffle(messages);
            var state = default(ArbiterState);
            foreach (Sent message in messages)
                Judge(ref state, message.Stamp);
            Assert.Equal(newest, state.Newest);
        });

    [Fact, Trait("Fault", "11")]
    public void In_every_order_of_six_messages_the_newest_stands_in_the_end() =>
        Holds.ForSeeds(20, random =>
        {
            Stamp[] messages = [.. Exchange(random, 6, sharesMoments: false).Select(m => m.Stamp)];
            foreach (Stamp[] order in Permutations(messages))
            {
                var state = default(ArbiterState);
                foreach (Stamp message in order)
                    Judge(ref state, message);
                Assert.Equal(messages[^1], state.Newest);
            }
        });

    [Fact, Trait("Fault", "10")]
    public void Duplicates_do_not_change_what_stands_in_the_end() =>
        Holds.ForSeeds(2_000, random =>
        {
            Sent[] messages = Exchange(random, random.Next(1, 20), sharesMoments: false);
            Sent[] repeated = [.. messages, .. messages, .. random.GetItems(messages, random.Next(10)).Select(m => m with { Stamp = m.Stamp with { Line = 2 } })];
            random.Shuffle(repeated);
            var state = default(ArbiterState);
            foreach (Sent message in repeated)
                Judge(ref state, message.Stamp);
            Assert.Equal(messages[^1].Stamp with { Line = state.Newest.Line }, state.Newest);
        });

    [Fact]
    public void However_much_one_of_two_lines_lags_the_newest_price_stands_in_the_end_and_none_goes_back() =>
        Holds.ForSeeds(3_000, random =>
        {
            Sent[] messages = Exchange(random, random.Next(1, 30), sharesMoments: true);
            // Each line carries all messages in order, from some moment on; how the lines interleave is left to chance.
            int[] next = [random.Next(messages.Length), random.Next(messages.Length)];
            next[random.Next(2)] = 0;
            var state = default(ArbiterState);
            int price = -1, published = 0;
            double share = random.NextDouble();
            while (next[0] < messages.Length || next[1] < messages.Length)
            {
                int line = next[0] == messages.Length ? 1 : next[1] == messages.Length ? 0 : random.NextDouble() < share ? 0 : 1;
                Sent message = messages[next[line]++];
                if (Arbiter.Judge(ref state, message.Stamp with { Line = line }) != Order.Newest)
                    continue;
                Assert.True(message.Price >= price, $"price {message.Price} after {price}");
                price = message.Price;
                published++;
            }
            Assert.Equal(messages[^1].Price, price);
            Assert.True(published <= messages.Length, "a message was published twice");
        });

    [Fact]
    public void After_whatever_came_before_the_stream_as_it_goes_on_is_believed_soon() =>
        Holds.ForSeeds(3_000, random =>
        {
            var state = default(ArbiterState);
            for (int i = random.Next(40); i > 0; i--)
            {
                long sequence = random.Next(12) == 0 ? Tick.NoSequence : random.Next(1_000, 2_000);
                Arbiter.Judge(ref state, new Stamp((Channel)random.Next(2), random.Next(2), sequence, random.Next(1, 60_000)));
            }
            // Either the old sequence goes on, or the exchange was restarted and counts from the beginning.
            long next = random.Next(2) == 0 ? 2_000 : 1;
            for (int i = 0; i < 12; i++)
            {
                var message = new Stamp(i % 2 == 0 ? Channel.Trade : Channel.Ticker, random.Next(2), next++, 70_000 + 10 * i);
                Order order = Arbiter.Judge(ref state, message);
                if (i >= 4)
                    Assert.True(order == Order.Newest, $"message {i}, {message}: {order}");
            }
        });

    [Fact]
    public void Nothing_older_is_ever_published_but_for_a_reset_of_its_own_kind_five_seconds_later() =>
        Holds.ForSeeds(5_000, random =>
        {
            var state = default(ArbiterState);
            var seen = new List<Stamp>();
            for (int i = 0; i < 40; i++)
            {
                var message = new Stamp((Channel)random.Next(2), random.Next(2), random.Next(8) - 1, random.Next(40) * 500, (ulong)random.Next(3));
                Stamp before = state.Newest;
                bool had = state.HasNewest;
                Order order = Judge(ref state, message);
                if (order == Order.Newest && had && IsOlder(message, before))
                {
                    Assert.NotEqual(Tick.NoSequence, message.Sequence);
                    Assert.Contains(seen, s => s.Channel == message.Channel && s.Sequence > message.Sequence && message.TimeMs >= s.TimeMs + 5_000);
                    Assert.Contains(seen, s => s.Channel == message.Channel && s.Sequence != Tick.NoSequence && s.Sequence <= message.Sequence && s.TimeMs <= message.TimeMs);
                }
                Assert.NotEqual((order, had), (Order.Duplicate, false));
                seen.Add(message);
            }
        });

    private static bool IsOlder(in Stamp a, in Stamp b) =>
        (a.Sequence, a.TimeMs).CompareTo((b.Sequence, b.TimeMs)) is var order
        && (order < 0 || (order == 0 && a.TradeId != 0 && b.TradeId != 0 && a.TradeId < b.TradeId));

    private static Order Judge(ref ArbiterState state, in Stamp message)
    {
        Stamp before = state.Newest;
        Order order = Arbiter.Judge(ref state, message);
        Assert.Equal(order == Order.Newest ? message : before, state.Newest);
        return order;
    }

    // What an exchange sends of one coin, oldest first: trades with rising sequences, some sharing one sequence and moment with
    // rising ids; tickers that repeat the last trade's sequence while time goes on, now and then for longer than a reset takes.
    private static Sent[] Exchange(Random random, int count, bool sharesMoments)
    {
        var messages = new List<Sent>();
        bool isNumbered = random.Next(8) != 0;
        long sequence = 1_000, timeMs = 1_000_000;
        ulong id = 1;
        int price = 0;
        bool lastIsTrade = false;
        while (messages.Count < count)
        {
            long later = timeMs + (random.Next(10) == 0 ? random.Next(4_000, 20_000) : random.Next(1, 60));
            switch (random.Next(3))
            {
                case 0:
                    sequence += random.Next(1, 4);
                    timeMs = isNumbered && random.Next(3) == 0 ? timeMs : later;
                    lastIsTrade = true;
                    messages.Add(new(new Stamp(Channel.Trade, 1, isNumbered ? sequence : Tick.NoSequence, timeMs, ++id), ++price));
                    break;
                case 1 when lastIsTrade:
                    messages.Add(new(new Stamp(Channel.Trade, 1, isNumbered ? sequence : Tick.NoSequence, timeMs, ++id), ++price));
                    break;
                default:
                    // A ticker's time may be the very moment of the trade that it tells of.
                    timeMs = sharesMoments && lastIsTrade && random.Next(2) == 0 ? timeMs : later;
                    lastIsTrade = false;
                    messages.Add(new(new Stamp(Channel.Ticker, 1, isNumbered ? sequence : Tick.NoSequence, timeMs), price));
                    break;
            }
        }
        return [.. messages];
    }

    private static IEnumerable<Stamp[]> Permutations(Stamp[] items) =>
        items.Length <= 1 ? [items] : items.SelectMany((item, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (Stamp[])[item, .. rest]));
}
