// The one meeting place: a slot for each coin, written by the feed, read by every drain at its own pace. Lines write, the
// watchlist's thread adds and removes, drains read. What must stay true: price, time and sequence in a slot come from one
// message and are read together, never torn; a reader never holds up a writer; memory is bounded by the coins ever named.
//
// A slot is a sequence lock: writers take turns by making its version odd, a reader copies and looks whether the version
// stayed the same and even.
using BybitSpot.Market;

namespace BybitSpot.Latest;

/// <summary>What a slot holds.</summary>
public enum SlotState : byte
{
    /// <summary>Watched, no price yet.</summary>
    Waiting,

    /// <summary>Watched, with a price.</summary>
    Priced,

    /// <summary>No longer watched. It takes no more prices until it is watched again.</summary>
    Removed,

    /// <summary>No longer watched, and what was published about it is to be taken back.</summary>
    RemovedAndDeleted,
}

public sealed class LatestTable
{
    /// <summary>Most coins ever named in one run of the program; a removed coin keeps its slot, for when it comes back.</summary>
    public const int SlotsMax = 8_192;

    private sealed class Slot(Instrument instrument)
    {
        public readonly Instrument Instrument = instrument;
        public readonly PriceHistory History = new();
        public Tick Tick;
        public SlotState State;
        public int Version;

        /// <summary>Beside the price; made with the first of them, which few runs ever ask for.</summary>
        public DetailsBox? Details;
    }

    private sealed class DetailsBox
    {
        public Details Value;
    }

    private readonly Slot?[] _slots = new Slot?[SlotsMax];
    private readonly Dictionary<Instrument, int> _slotByInstrument = [];
    private readonly Lock _layout = new();
    private DirtySet[] _readers = [], _detailReaders = [];
    private int _count;

    /// <summary>How many slots there are, removed ones included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A new reader's own set of changed coins; every slot that holds something starts out in it.</summary>
    /// <param name="details">Whether what changes beside the price is marked for it as well.</param>
    public DirtySet CreateReader(bool details = false)
    {
        var reader = new DirtySet(SlotsMax);
        lock (_layout)
        {
            _readers = [.. _readers, reader];
            if (details)
                _detailReaders = [.. _detailReaders, reader];
        }
        // A writer that saw the readers as they were has made its slot's version odd before, or written it.
        Interlocked.MemoryBarrier();
        MarkAll(reader);
        return reader;
    }

    /// <summary>A reader that looks no longer: changes are not marked for it any more.</summary>
    public void RemoveReader(DirtySet reader)
    {
        lock (_layout)
        {
            _readers = [.. _readers.Where(r => r != reader)];
            _detailReaders = [.. _detailReaders.Where(r => r != reader)];
        }
    }

    /// <summary>Whether all of these can have slots.</summary>
    public bool HasRoomFor(IReadOnlyList<Instrument> instruments)
    {
        lock (_layout)
            return _count + instruments.Count(i => !_slotByInstrument.ContainsKey(i)) <= SlotsMax;
    }

    /// <summary>Watches a coin: a slot of its own, empty until its first price. A coin that was removed gets its old slot back.</summary>
    /// <exception cref="InvalidOperationException">All <see cref="SlotsMax"/> slots are in use.</exception>
    public int Add(Instrument instrument)
    {
        lock (_layout)
        {
            if (_slotByInstrument.TryGetValue(instrument, out int slot))
            {
                Slot known = _slots[slot]!;
                if (known.State is SlotState.Removed or SlotState.RemovedAndDeleted)
                    Write(known, SlotState.Waiting, default);
                return slot;
            }
            if (_count == SlotsMax)
                throw new InvalidOperationException($"more than {SlotsMax} different coins were named since the program started");
            slot = _count;
            _slots[slot] = new Slot(instrument);
            _slotByInstrument.Add(instrument, slot);
            Volatile.Write(ref _count, slot + 1);
            return slot;
        }
    }

    /// <summary>Stops watching. The slot becomes a tombstone that reaches every reader in order, like a price.</summary>
    /// <param name="slot">The coin's slot.</param>
    /// <param name="delete">Whether what was published is to be taken back.</param>
    public void Remove(int slot, bool delete)
    {
        Slot target = _slots[slot]!;
        Enter(target, out int version);
        target.State = delete ? SlotState.RemovedAndDeleted : SlotState.Removed;
        MarkFor(slot);
        Volatile.Write(ref target.Version, version + 2);
    }

    /// <summary>Writes a coin's newest price and marks it for every reader. Ignored for a removed coin: no late frame brings it back.</summary>
    public void Set(int slot, in Tick tick)
    {
        Slot target = _slots[slot]!;
        Enter(target, out int version);
        if (target.State is SlotState.Removed or SlotState.RemovedAndDeleted)
        {
            Volatile.Write(ref target.Version, version);
            return;
        }
        if (target.State == SlotState.Priced && !target.Tick.Price.Equals(tick.Price))
            target.History.Add(target.Tick.Price, tick.ReceivedAt);
        target.Tick = tick;
        target.State = SlotState.Priced;
        MarkFor(slot);
        Volatile.Write(ref target.Version, version + 2);
    }

    /// <summary>Writes what is known of a coin beside its price. Ignored for a removed coin.</summary>
    public void SetDetails(int slot, in Details details)
    {
        Slot target = _slots[slot]!;
        Enter(target, out int version);
        if (target.State is SlotState.Removed or SlotState.RemovedAndDeleted)
        {
            Volatile.Write(ref target.Version, version);
            return;
        }
        (target.Details ??= new DetailsBox()).Value = details;
        foreach (DirtySet reader in Volatile.Read(ref _detailReaders))
            reader.Mark(slot);
        Volatile.Write(ref target.Version, version + 2);
    }

    /// <summary>Copies what is known of a coin beside its price; empty where nothing is.</summary>
    public void ReadDetails(int slot, out Details details)
    {
        Slot source = _slots[slot]!;
        var spin = new SpinWait();
        while (true)
        {
            int version = Volatile.Read(ref source.Version);
            if ((version & 1) == 0)
            {
                details = source.Details is { } box ? box.Value : default;
                Volatile.ReadBarrier();
                if (Volatile.Read(ref source.Version) == version)
                    return;
            }
            spin.SpinOnce();
        }
    }

    /// <summary>Gives a coin that has no price yet this one. What stands is never touched.</summary>
    /// <param name="tick">With <see cref="Tick.IsSeed"/>.</param>
    public bool TrySeed(int slot, in Tick tick)
    {
        Slot target = _slots[slot]!;
        Enter(target, out int version);
        if (target.State != SlotState.Waiting)
        {
            Volatile.Write(ref target.Version, version);
            return false;
        }
        target.Tick = tick;
        target.State = SlotState.Priced;
        MarkFor(slot);
        Volatile.Write(ref target.Version, version + 2);
        return true;
    }

    /// <summary>Copies a slot whole.</summary>
    public SlotState Read(int slot, out Tick tick)
    {
        Slot source = _slots[slot]!;
        var spin = new SpinWait();
        while (true)
        {
            int version = Volatile.Read(ref source.Version);
            if ((version & 1) == 0)
            {
                tick = source.Tick;
                SlotState state = source.State;
                Volatile.ReadBarrier();
                if (Volatile.Read(ref source.Version) == version)
                    return state;
            }
            spin.SpinOnce();
        }
    }

    /// <summary>Whether a price equal to this one stood in a slot since, before the one that stands now.</summary>
    /// <param name="since">A time stamp like <see cref="Tick.ReceivedAt"/>.</param>
    public Stood StoodSince(int slot, in Price price, long since)
    {
        Slot source = _slots[slot]!;
        var spin = new SpinWait();
        while (true)
        {
            int version = Volatile.Read(ref source.Version);
            if ((version & 1) == 0)
            {
                Stood stood = source.History.Since(price, since);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref source.Version) == version)
                    return stood;
            }
            spin.SpinOnce();
        }
    }

    public Instrument InstrumentOf(int slot) => _slots[slot]!.Instrument;

    /// <summary>The slot of a coin that was ever watched.</summary>
    public bool TryFind(Instrument instrument, out int slot)
    {
        lock (_layout)
            return _slotByInstrument.TryGetValue(instrument, out slot);
    }

    /// <summary>Marks every slot that holds something, so that this reader takes all of them anew.</summary>
    public void MarkAll(DirtySet reader)
    {
        for (int slot = 0; slot < Count; slot++)
            if (_slots[slot] is { } held && ((Volatile.Read(ref held.Version) & 1) != 0 || held.State != SlotState.Waiting))
                reader.Mark(slot);
    }

    // Inside the slot's change; see DirtySet.MarkChange.
    private void MarkFor(int slot)
    {
        foreach (DirtySet reader in Volatile.Read(ref _readers))
            reader.MarkChange(slot);
    }

    private static void Write(Slot slot, SlotState state, in Tick tick)
    {
        Enter(slot, out int version);
        slot.Tick = tick;
        slot.State = state;
        slot.Details = null;
        Volatile.Write(ref slot.Version, version + 2);
    }

    private static void Enter(Slot slot, out int version)
    {
        var spin = new SpinWait();
        while (true)
        {
            version = Volatile.Read(ref slot.Version);
            // The exchange is a full fence: nothing below is written before the version is odd.
            if ((version & 1) == 0 && Interlocked.CompareExchange(ref slot.Version, version + 1, version) == version)
                return;
            spin.SpinOnce();
        }
    }
}
