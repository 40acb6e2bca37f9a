using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Latest;

public sealed class PriceHistoryTests
{
    private readonly PriceHistory _history = new();

    [Fact, Trait("Fault", "93")]
    public void A_price_stood_until_another_followed_it_however_it_is_written()
    {
        _history.Add(Text("67250.50"), 100);
        _history.Add(Text("67251"), 200);
        Assert.Equal(Stood.Yes, _history.Since(Text("67250.5"), 100));
        Assert.Equal(Stood.No, _history.Since(Text("67250.5"), 101));
        Assert.Equal(Stood.Yes, _history.Since(Text("067251.00"), 150));
        Assert.Equal(Stood.No, _history.Since(Text("67252"), 0));
    }

    [Fact]
    public void Where_more_prices_stood_than_are_remembered_it_is_not_known_which_others_did()
    {
        for (int i = 0; i < PriceHistory.LengthMax - 1; i++)
            _history.Add(Text($"{i + 1}"), 1_000 + i);
        Assert.Equal(Stood.No, _history.Since(Text("999"), 500));
        _history.Add(Text("500"), 2_000);
        Assert.Equal(Stood.Unknown, _history.Since(Text("999"), 500));
        Assert.Equal(Stood.Yes, _history.Since(Text("1"), 500));
        // The oldest remembered ended before the moment that is asked about.
        Assert.Equal(Stood.No, _history.Since(Text("999"), 1_001));
    }

    [Fact]
    public void Whatever_stood_the_last_prices_are_known_and_no_other_is_taken_for_one() =>
        Holds.ForSeeds(100, random =>
        {
            var history = new PriceHistory();
            var all = new List<(int Price, long At)>();
            for (int i = random.Next(1, 400); i > 0; i--)
            {
                all.Add((random.Next(1, 60), (all.Count + 1) * 10));
                history.Add(Text($"0.{all[^1].Price:0000}"), all[^1].At);
            }
            long since = random.Next(0, all.Count * 10 + 20);
            (int Price, long At)[] kept = [.. all.TakeLast(PriceHistory.LengthMax)];
            for (int price = 1; price <= 60; price++)
            {
                Stood said = history.Since(Text($"0.{price:0000}"), since);
                bool stood = kept.Any(k => k.Price == price && k.At >= since);
                Assert.Equal(stood ? Stood.Yes : all.Count >= PriceHistory.LengthMax && kept[0].At >= since ? Stood.Unknown : Stood.No, said);
            }
        });

    [Fact]
    public void A_slot_remembers_what_stood_in_it_and_repeats_are_no_change()
    {
        var table = new LatestTable();
        int slot = table.Add(new Instrument("BTCUSDT", "BTC"));
        foreach ((string price, long at) in (ReadOnlySpan<(string, long)>)[("1.0", 10), ("1.0", 20), ("1.1", 30), ("1.2", 40)])
            table.Set(slot, new Tick { Price = Text(price), TimeMs = at, Sequence = at, ReceivedAt = at });
        Assert.Equal(Stood.Yes, table.StoodSince(slot, Text("1"), 30));
        Assert.Equal(Stood.No, table.StoodSince(slot, Text("1"), 31));
        Assert.Equal(Stood.Yes, table.StoodSince(slot, Text("1.10"), 40));
        Assert.Equal(Stood.No, table.StoodSince(slot, Text("1.2"), 0));
    }

    private static Price Text(string text) => Price.FromValid(Encoding.ASCII.GetBytes(text));
}
