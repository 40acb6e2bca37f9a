using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Latest;

public sealed class LatestTableTests
{
    private readonly LatestTable _table = new();

    [Fact]
    public void A_coin_has_no_price_until_its_first()
    {
        int slot = Add("BTC");
        Assert.Equal((SlotState.Waiting, ""), Read(slot));
        Set(slot, "1.50", 5, 7);
        Assert.Equal(SlotState.Priced, _table.Read(slot, out Tick tick));
        Assert.Equal(("1.50", 5, 7), (tick.Price.ToString(), tick.TimeMs, tick.Sequence));
    }

    [Fact]
    public void A_reader_that_sleeps_through_a_thousand_changes_takes_the_newest_once()
    {
        int btc = Add("BTC"), eth = Add("ETH");
        DirtySet reader = _table.CreateReader();
        for (int i = 1; i <= 1_000; i++)
            Set(btc, $"{i}");
        Set(eth, "7");
        Assert.Equal(["BTC=1000", "ETH=7"], TakeAll(reader).Order());
        Assert.Empty(TakeAll(reader));
        Set(btc, "1001");
        Assert.Equal(["BTC=1001"], TakeAll(reader));
    }

    [Fact]
    public void Each_reader_has_a_set_of_its_own()
    {
        int btc = Add("BTC");
        DirtySet one = _table.CreateReader(), other = _table.CreateReader();
        Set(btc, "1");
        Assert.Equal(["BTC=1"], TakeAll(one));
        Set(btc, "2");
        Assert.Equal(["BTC=2"], TakeAll(other));
        Assert.Equal(["BTC=2"], TakeAll(one));
        Assert.Empty(TakeAll(other));
    }

    [Fact]
    public void A_new_reader_starts_with_everything_that_has_a_price()
    {
        int btc = Add("BTC");
        Add("ETH");
        Set(btc, "1");
        _table.Remove(Add("SOL"), delete: true);
        DirtySet reader = _table.CreateReader();
        Assert.Equal(["BTC=1", "SOL=RemovedAndDeleted"], TakeAll(reader));
    }

    [Fact]
    public void Marking_all_gives_every_coin_with_a_price_once_more()
    {
        int btc = Add("BTC"), eth = Add("ETH");
        Add("SOL");
        DirtySet reader = _table.CreateReader(), other = _table.CreateReader();
        Set(btc, "1");
        Set(eth, "2");
        TakeAll(reader);
        TakeAll(other);
        _table.MarkAll(reader);
        Assert.Equal(["BTC=1", "ETH=2"], TakeAll(reader).Order());
        Assert.Empty(TakeAll(other));
    }

    [Theory]
    [InlineData(false, "BTC=Removed")]
    [InlineData(true, "BTC=RemovedAndDeleted")]
    public void A_removal_reaches_every_reader_in_order_like_a_price(bool delete, string expected)
    {
        int btc = Add("BTC");
        DirtySet one = _table.CreateReader(), other = _table.CreateReader();
        Set(btc, "1");
        Assert.Equal(["BTC=1"], TakeAll(one));
        _table.Remove(btc, delete);
        Assert.Equal([expected], TakeAll(one));
        Assert.Equal([expected], TakeAll(other));
    }

    [Fact]
    public void A_removed_coin_takes_no_price_until_it_is_added_again()
    {
        int btc = Add("BTC");
        DirtySet reader = _table.CreateReader();
        Set(btc, "1");
        _table.Remove(btc, delete: true);
        TakeAll(reader);
        Set(btc, "2");
        Assert.Empty(TakeAll(reader));
        Assert.Equal((SlotState.RemovedAndDeleted, "1"), Read(btc));
        Assert.Equal(btc, Add("BTC"));
        Assert.Equal((SlotState.Waiting, ""), Read(btc));
        Set(btc, "3");
        Assert.Equal(["BTC=3"], TakeAll(reader));
    }

    [Fact]
    public void A_removal_and_a_return_before_a_reader_looked_leave_only_what_stands()
    {
        int btc = Add("BTC");
        DirtySet reader = _table.CreateReader();
        Set(btc, "1");
        _table.Remove(btc, delete: true);
        Add("BTC");
        Assert.Equal(["BTC=Waiting"], TakeAll(reader));
        Set(btc, "2");
        Assert.Equal(["BTC=2"], TakeAll(reader));
    }

    [Fact]
    public void Adding_a_coin_that_is_watched_changes_nothing()
    {
        int btc = Add("BTC");
        Set(btc, "1");
        Assert.Equal(btc, Add("BTC"));
        Assert.Equal((SlotState.Priced, "1"), Read(btc));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void A_coin_is_found_by_its_symbol_and_coin_together()
    {
        int btc = Add("BTC");
        Assert.True(_table.TryFind(new Instrument("BTCUSDT", "BTC"), out int slot));
        Assert.Equal(btc, slot);
        Assert.False(_table.TryFind(new Instrument("BTCUSDT", "XBT"), out _));
        Assert.Equal(new Instrument("BTCUSDT", "BTC"), _table.InstrumentOf(btc));
    }

    [Fact]
    public void More_coins_than_there_are_slots_are_refused_and_those_known_stay()
    {
        for (int i = 0; i < LatestTable.SlotsMax; i++)
            Assert.Equal(i, Add($"C{i}"));
        DirtySet reader = _table.CreateReader();
        Assert.Throws<InvalidOperationException>(() => Add("ONEMORE"));
        Assert.Equal(LatestTable.SlotsMax, _table.Count);
        _table.Remove(5, delete: false);
        Assert.Throws<InvalidOperationException>(() => Add("ONEMORE"));
        Assert.Equal(5, Add("C5"));
        Set(LatestTable.SlotsMax - 1, "8192");
        Assert.Equal(["C5=Waiting", $"C{LatestTable.SlotsMax - 1}=8192"], TakeAll(reader).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_reader_goes_round_all_coins_so_that_a_busy_one_starves_none()
    {
        for (int i = 0; i < 300; i++)
            Add($"C{i}");
        DirtySet reader = _table.CreateReader();
        for (int i = 0; i < 300; i++)
            Set(i, "1");
        var taken = new HashSet<int>();
        for (int turn = 0; turn < 3_000 && taken.Count < 300; turn++)
        {
            Assert.True(reader.TryTake(out int slot));
            taken.Add(slot);
            for (int busy = 0; busy < 64; busy++)
                Set(busy, "2");
        }
        Assert.Equal(300, taken.Count);
    }

    [Fact]
    public void Setting_marking_taking_and_reading_allocate_nothing()
    {
        int btc = Add("BTC");
        DirtySet reader = _table.CreateReader();
        Price price = Price.FromValid("67250.50"u8);
        long Turn(long number)
        {
            _table.Set(btc, new Tick { Price = price, TimeMs = number, Sequence = number });
            return reader.TryTake(out int slot) && _table.Read(slot, out Tick tick) == SlotState.Priced ? tick.Sequence : -1;
        }
        long sum = 0;
        Allocations.None(() =>
        {
            sum = 0;
            for (int i = 0; i < 500; i++)
                sum += Turn(i);
        });
        Assert.Equal(499 * 500 / 2, sum);
    }

    [Fact]
    public void A_seed_is_the_price_of_a_coin_that_has_none_and_reaches_every_reader()
    {
        int btc = Add("BTC");
        DirtySet one = _table.CreateReader(), other = _table.CreateReader();
        Assert.True(Seed(btc, "1.5"));
        Assert.Equal((SlotState.Priced, "1.5"), Read(btc));
        _table.Read(btc, out Tick tick);
        Assert.True(tick.IsSeed);
        Assert.Equal(["BTC=1.5"], TakeAll(one));
        Assert.Equal(["BTC=1.5"], TakeAll(other));
    }

    [Fact]
    public void A_seed_never_replaces_a_price_not_even_another_seed_and_marks_nothing()
    {
        int btc = Add("BTC"), eth = Add("ETH");
        DirtySet reader = _table.CreateReader();
        Set(btc, "1");
        Seed(eth, "2");
        TakeAll(reader);
        Assert.False(Seed(btc, "3"));
        Assert.False(Seed(eth, "3"));
        Assert.Equal([(SlotState.Priced, "1"), (SlotState.Priced, "2")], new[] { Read(btc), Read(eth) });
        Assert.Empty(TakeAll(reader));
        Set(eth, "4");
        Assert.False(Seed(eth, "5"));
        Assert.Equal(["ETH=4"], TakeAll(reader));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_seed_does_not_bring_back_a_removed_coin_but_gives_one_that_is_watched_again_its_price(bool delete)
    {
        int btc = Add("BTC");
        Set(btc, "1");
        _table.Remove(btc, delete);
        DirtySet reader = _table.CreateReader();
        TakeAll(reader);
        Assert.False(Seed(btc, "2"));
        Assert.Equal(delete ? SlotState.RemovedAndDeleted : SlotState.Removed, Read(btc).Item1);
        Assert.Empty(TakeAll(reader));
        Add("BTC");
        Assert.True(Seed(btc, "2"));
        Assert.Equal(["BTC=2"], TakeAll(reader));
    }

    [Fact]
    public void After_a_seed_that_was_refused_the_slot_can_be_written_and_read()
    {
        int btc = Add("BTC");
        Set(btc, "1");
        for (int i = 0; i < 3; i++)
            Assert.False(Seed(btc, "9"));
        Set(btc, "2");
        Assert.Equal((SlotState.Priced, "2"), Read(btc));
    }

    [Fact, Trait("Fault", "24")]
    public void A_change_that_is_followed_by_another_before_its_reader_looks_is_counted_as_conflated()
    {
        int btc = Add("BTC"), eth = Add("ETH");
        DirtySet reader = _table.CreateReader(), other = _table.CreateReader();
        Set(btc, "1");
        Set(eth, "1");
        Assert.Equal((0, 0), (reader.Conflated, other.Conflated));
        Set(btc, "2");
        Set(btc, "3");
        TakeAll(reader);
        Set(btc, "4");
        Assert.Equal((2, 3), (reader.Conflated, other.Conflated));
        Seed(Add("SOL"), "1");
        Assert.Equal((2, 3), (reader.Conflated, other.Conflated));
    }

    [Fact]
    public void What_is_only_marked_again_is_not_conflated()
    {
        int btc = Add("BTC");
        DirtySet reader = _table.CreateReader();
        Set(btc, "1");
        Assert.False(reader.Mark(btc));
        _table.MarkAll(reader);
        Assert.Equal(0, reader.Conflated);
        TakeAll(reader);
        Assert.True(reader.Mark(btc));
        Set(btc, "2");
        Assert.Equal(1, reader.Conflated);
    }

    private bool Seed(int slot, string price) =>
        _table.TrySeed(slot, new Tick { Price = Price.FromValid(Encoding.ASCII.GetBytes(price)), TimeMs = 1, Sequence = Tick.NoSequence, IsSeed = true });

    private int Add(string coin) => _table.Add(new Instrument(coin + "USDT", coin));

    private void Set(int slot, string price, long timeMs = 1, long sequence = 1) =>
        _table.Set(slot, new Tick { Price = Price.FromValid(Encoding.ASCII.GetBytes(price)), TimeMs = timeMs, Sequence = sequence });

    private (SlotState, string) Read(int slot) => (_table.Read(slot, out Tick tick), tick.Price.ToString());

    private List<string> TakeAll(DirtySet reader)
    {
        var taken = new List<string>();
        while (reader.TryTake(out int slot))
        {
            SlotState state = _table.Read(slot, out Tick tick);
            taken.Add($"{_table.InstrumentOf(slot).Coin}={(state == SlotState.Priced ? tick.Price.ToString() : state.ToString())}");
        }
        Assert.False(reader.Any);
        return taken;
    }
}
