// What one slot of the table comes to in Redis: an HSET, a script's call, a deletion, or nothing. Remembers per slot what this process
// wrote, so that a removal deletes only that, and which older prices the times found in Redis at start hold back.
// One for all lanes; what belongs to a slot is used under the lock of the lane that has it.
using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

/// <summary>What a command to Redis is for.</summary>
internal enum CommandKind : byte
{
    /// <summary>A price, by HSET.</summary>
    Price,

    /// <summary>A price, by a script that leaves what is newer.</summary>
    PriceByScript,
    Delete,

    /// <summary>A price that was sent before, written only where nothing newer stands.</summary>
    Rewrite,

    /// <summary>Asks for the time that Redis holds of a coin, before its first price of this run.</summary>
    AskTime,

    /// <summary>A price of REST's, written only where there is nothing.</summary>
    Seed,

    /// <summary>Whether the prices can be believed: one key of several.</summary>
    Status,

    /// <summary>The last of these.</summary>
    LastOfStatus,

    /// <summary>Lets the next command through to a node that is just getting its key.</summary>
    Asking,
}

internal sealed partial class SlotWriter(LatestTable table, RedisWriting writing, bool sharded, TimeProvider time, ILogger log)
{
    /// <summary>How long after start a newer time in Redis holds older messages back.</summary>
    public static readonly TimeSpan HoldFor = TimeSpan.FromSeconds(60);

    /// <summary>A stored time this far ahead of the exchange is left over from a simulation or a wrong clock.</summary>
    public const long StoredAheadMaxMs = 5_000;

    // Deletes the hash only if it holds what this process wrote: our symbol, and a time from the first to the last that we wrote.
    private const string DeleteOurs =
        "local t=redis.call('HGET',KEYS[1],'timestamp') "
        + "if t and t>=ARGV[1] and t<=ARGV[2] and redis.call('HGET',KEYS[1],'original_symbol')==ARGV[3] then "
        + "return redis.call('DEL',KEYS[1]) end return 0";

    private sealed class Entry(PriceCommand command)
    {
        public readonly PriceCommand Command = command;
        public bool Written, TimeAsked, TimeAwaited, PlainNext;

        /// <summary>
        /// The coin was taken back, and is again whenever another server may be the primary: one that has just lost that part may have
        /// confirmed it, and what it took then is lost.
        /// </summary>
        public bool Deleted;

        /// <summary>Redis has confirmed that the hash holds the fields of the contract and no others.</summary>
        public bool IsClean;

        public long FirstMs = long.MaxValue, LastMs;

        /// <summary>The time of the seed that was sent; 0 if none was. Found in Redis, it is ours and holds nothing back.</summary>
        public long SeedMs;

        /// <summary>When the message of the newest price written was received.</summary>
        public long ReceivedAt;

        /// <summary>Beside the price, what was written last: the fields that there were, and of which times.</summary>
        public int Fields;

        public long BookMs, DayMs;

        /// <summary>The time found in Redis at start; 0 if none, or no longer of account.</summary>
        public long StoredMs;

        /// <summary>The sequence that was written last; and when it was set back last, by the exchange's clock.</summary>
        public long Sequence = Tick.NoSequence, ResetMs;
    }

    private readonly Entry?[] _entries = new Entry?[LatestTable.SlotsMax];
    private readonly long _start = time.GetTimestamp();
    private readonly RedisScript _write = PriceScripts.Write(writing, sharded), _seed = PriceScripts.Seed(writing, sharded);
    private readonly bool _isPlain = writing.IsPlain;
    private bool _holding = !writing.Guarded;
    private long _exchangeMs;

    private bool _scriptsRefused;

    /// <summary>Room for the longest single command.</summary>
    public int CommandBytesMax => Math.Max(_write.HeadBytesMax, _seed.HeadBytesMax) + 768 + (writing.Extended ? ExtendedFields.BytesMax : 0);

    public string KeyOf(int slot) => EntryOf(slot).Command.Key;

    /// <summary>Whether a price of this slot was written in this run.</summary>
    public bool HasWritten(int slot) => _entries[slot] is { Written: true };

    /// <summary>Writes the command that brings Redis up to the slot; nothing is allocated for a price.</summary>
    /// <param name="slot">The coin's slot.</param>
    /// <param name="isStale">The coin's price is not to be believed: what was sent before is no news.</param>
    /// <param name="into">Takes the command.</param>
    /// <param name="scriptKnown">Whether the server was given the script on this connection.</param>
    /// <param name="kind">What the command is for.</param>
    /// <param name="receivedAt">When the price's message was received; 0 if it is written again.</param>
    /// <returns>How many bytes it took; 0 if there is nothing to write.</returns>
    public int Write(int slot, bool isStale, Span<byte> into, ref bool scriptKnown, out CommandKind kind, out long receivedAt)
    {
        kind = CommandKind.Price;
        receivedAt = 0;
        Entry entry = EntryOf(slot);
        SlotState state = table.Read(slot, out Tick tick);
        switch (state)
        {
            case SlotState.Priced when tick.IsSeed:
                kind = CommandKind.Seed;
                return WriteSeed(entry, slot, tick, into);
            case SlotState.Priced:
                if (_holding && !entry.TimeAsked)
                {
                    entry.TimeAsked = entry.TimeAwaited = true;
                    kind = CommandKind.AskTime;
                    return WriteAskTime(entry, into);
                }
                if (entry.TimeAwaited || (_holding && IsHeldBack(entry, tick.TimeMs)))
                    return 0;
                entry.Written = true;
                entry.Deleted = false;
                entry.FirstMs = Math.Min(entry.FirstMs, tick.TimeMs);
                entry.LastMs = Math.Max(entry.LastMs, tick.TimeMs);
                _exchangeMs = Math.Max(_exchangeMs, tick.TimeMs);
                if (writing.Extended)
                    return WriteExtended(entry, slot, tick, isStale, into, ref scriptKnown, ref kind, out receivedAt);
                if (tick.ReceivedAt == entry.ReceivedAt)
                    return WriteByScript(entry, tick, isAgain: true, isStale, into, ref scriptKnown, ref kind);
                receivedAt = entry.ReceivedAt = tick.ReceivedAt;
                return entry.IsClean && _isPlain
                    ? entry.Command.Write(tick, into)
                    : WriteByScript(entry, tick, isAgain: false, isStale, into, ref scriptKnown, ref kind);
            case SlotState.RemovedAndDeleted when entry.Written || entry.Deleted:
                entry.Written = false;
                entry.Deleted = true;
                kind = CommandKind.Delete;
                return WriteDelete(entry, into);
            case SlotState.Removed:
                entry.Written = false;
                return 0;
            default:
                return 0;
        }
    }

    /// <summary>Redis holds the seed.</summary>
    public void ConfirmSeed(int slot) => EntryOf(slot).Written = true;

    /// <summary>Redis holds a price that was written by the script: what an HSET leaves, it has taken away.</summary>
    public void ConfirmScript(int slot) => EntryOf(slot).IsClean = true;

    /// <summary>The time that Redis holds of a coin; the coin's price can be judged now.</summary>
    public void TakeStoredTime(int slot, string? stored)
    {
        Entry entry = EntryOf(slot);
        entry.TimeAwaited = false;
        if (stored is not null && TryParse(stored, out entry.StoredMs))
            entry.StoredMs = entry.StoredMs == entry.SeedMs ? 0 : entry.StoredMs;
        else if (stored is not null)
            log.RedisStoredTimeIgnored(entry.Command.Key, stored, "it is not of the form 2024-09-09T15:30:25.123Z");
    }

    /// <summary>
    /// The script was refused. Where HSET does as well, the next one goes by that, whose refusal says more; where scripts are refused
    /// as such, all of them do. A stale coin is then not written again.
    /// </summary>
    /// <param name="isForbidden">It is the command that is refused, or not known.</param>
    /// <returns>Whether the coin is to be tried by HSET; false where that would not do what was asked for.</returns>
    public bool RefuseScript(int slot, bool isForbidden)
    {
        if (!_isPlain)
            return false;
        EntryOf(slot).PlainNext = true;
        _scriptsRefused |= isForbidden;
        return true;
    }

    /// <summary>The connection broke before the answer came.</summary>
    public void AskTimeAgain(int slot) => (EntryOf(slot).TimeAsked, EntryOf(slot).TimeAwaited) = (false, false);

    /// <summary>Lets go of what is held back once <see cref="HoldFor"/> has passed.</summary>
    /// <returns>True once: everything is to be written.</returns>
    public bool EndHolding()
    {
        if (!_holding || time.GetElapsedTime(_start) < HoldFor)
            return false;
        _holding = false;
        return true;
    }

    private bool IsHeldBack(Entry entry, long timeMs)
    {
        _exchangeMs = Math.Max(_exchangeMs, timeMs);
        if (entry.StoredMs <= timeMs)
            return false;
        if (entry.StoredMs <= _exchangeMs + StoredAheadMaxMs)
            return true;
        log.RedisStoredTimeIgnored(entry.Command.Key, IsoTime.Text(entry.StoredMs), "it is more than 5 s ahead of the exchange");
        entry.StoredMs = 0;
        return false;
    }

    private Entry EntryOf(int slot) => _entries[slot] ??= new Entry(new PriceCommand(table.InstrumentOf(slot)));

    private int WriteByScript(Entry entry, in Tick tick, bool isAgain, bool isStale, Span<byte> into, ref bool scriptKnown, ref CommandKind kind)
    {
        if (_scriptsRefused || entry.PlainNext)
        {
            entry.PlainNext = false;
            return isStale && isAgain ? 0 : entry.Command.Write(tick, into);
        }
        kind = isAgain ? CommandKind.Rewrite : CommandKind.PriceByScript;
        return BeginScript(entry, tick, isAgain, into, ref scriptKnown);
    }

    // The call of the script, but for the fields beside those of the contract.
    private int BeginScript(Entry entry, in Tick tick, bool isAgain, Span<byte> into, ref bool scriptKnown)
    {
        // What is called once a minute goes with its script: one command fewer that has to be allowed.
        int at = _write.Begin(scriptKnown && !_isPlain, into);
        scriptKnown = true;
        at += Resp.Bulk(entry.Command.Key, into[at..]);
        at += Resp.Bulk(tick.Price.Text, into[at..]);
        at += PriceScripts.Time(tick.TimeMs, into[at..]);
        at += Resp.Bulk(entry.Command.Instrument.Symbol, into[at..]);
        if (writing.Guarded)
        {
            // What stands in the table never goes back but by a reset that the order rule has believed.
            if (tick.Sequence < entry.Sequence)
                entry.ResetMs = tick.TimeMs;
            entry.Sequence = tick.Sequence;
            at += PriceScripts.Sequence(tick.Sequence, into[at..]);
            at += PriceScripts.Time(entry.ResetMs, into[at..]);
            return at + PriceScripts.Time(tick.TimeMs - (long)PriceScripts.FarTime.TotalMilliseconds, into[at..]);
        }
        at += PriceScripts.Time(isAgain ? _exchangeMs + StoredAheadMaxMs : 0, into[at..]);
        return at + Resp.Bulk(entry.IsClean ? ""u8 : "1"u8, into[at..]);
    }

    private static int WriteAskTime(Entry entry, Span<byte> into)
    {
        byte[] command = Resp.Command("HGET", entry.Command.Key, PriceKeys.TimestampField);
        command.CopyTo(into);
        return command.Length;
    }

    private static int WriteDelete(Entry entry, Span<byte> into)
    {
        byte[] command = Resp.Command("EVAL", DeleteOurs, "1", entry.Command.Key,
            IsoTime.Text(entry.FirstMs), IsoTime.Text(entry.LastMs), entry.Command.Instrument.Symbol);
        command.CopyTo(into);
        return command.Length;
    }

    private int WriteSeed(Entry entry, int slot, in Tick tick, Span<byte> into)
    {
        entry.SeedMs = tick.TimeMs;
        entry.FirstMs = Math.Min(entry.FirstMs, tick.TimeMs);
        entry.LastMs = Math.Max(entry.LastMs, tick.TimeMs);
        int at = _seed.Begin(isKnown: false, into);
        at += Resp.Bulk(entry.Command.Key, into[at..]);
        at += Resp.Bulk(tick.Price.Text, into[at..]);
        at += PriceScripts.Time(tick.TimeMs, into[at..]);
        at += Resp.Bulk(entry.Command.Instrument.Symbol, into[at..]);
        return writing.Extended ? at + WriteFieldsOfSeed(slot, tick, into[at..]) : at;
    }

    private static bool TryParse(string text, out long timeMs)
    {
        bool parsed = DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out DateTimeOffset stored);
        timeMs = parsed ? stored.ToUnixTimeMilliseconds() : 0;
        return parsed;
    }
}
