using BenchmarkDotNet.Attributes;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Bench;

/// <summary>The order of two messages, and the table where writers and readers meet.</summary>
public class TableBench
{
    private readonly LatestTable _table = new();
    private readonly int[] _slots = new int[512];
    private ArbiterState _state;
    private DirtySet _reader = null!;
    private Tick _tick;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < _slots.Length; i++)
            _slots[i] = _table.Add(new Instrument($"C{i}USDT", $"C{i}"));
        _reader = _table.CreateReader();
        _tick = new Tick { Price = Price.FromValid("67250.50"u8), TimeMs = 1, Sequence = 1 };
    }

    [Benchmark]
    public byte Judge()
    {
        long number = ++_next;
        return (byte)Arbiter.Judge(ref _state, new Stamp(Channel.Trade, 1, number, number));
    }

    /// <summary>A price that is written over and over, as while a reader sleeps.</summary>
    [Benchmark]
    public void Set() => _table.Set(_slots[0], _tick);

    /// <summary>A price in, its mark taken, the slot read.</summary>
    [Benchmark]
    public long SetTakeRead()
    {
        _table.Set(_slots[++_next & 511], _tick);
        return _reader.TryTake(out int slot) && _table.Read(slot, out Tick tick) == SlotState.Priced ? tick.Sequence : 0;
    }
}
