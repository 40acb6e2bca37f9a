// Judges what happened in a storm. Pure: happenings in the order of time go in, charges come out. Every write is judged when
// it is carried out, every price that stands in Redis at every moment between two happenings. The rules:
//   - a write is one HSET with exactly the three fields; its price and its time were shown together, before, by the exchange
//     for that coin; it is not older than the coin's last write, by the exchange's order, which is the price's number, then time;
//     what is deleted, flushed or lost with a Redis is not forgotten: nothing older may come after it either;
//   - a price that the exchange has left longer ago than limit and grace is not believed by a reader of the status keys;
//   - a removed coin's price goes, once the program has had the time to see the removal, and no later write brings it back;
//   - at the end the last price of every watched coin stands there, and nothing of the others.
using System.Globalization;

namespace BybitSpot.Tests.Storm;

internal sealed partial class StormCheck
{
    private const string KeyHead = "bybit_spot:";
    private const int ChargesMax = 200;

    private sealed class Coin(string name)
    {
        public readonly string Name = name;
        public readonly Dictionary<string, int> StepOf = [];
        public readonly List<TimeSpan> MovedAt = [];
        public readonly HashSet<(int Step, long TimeMs)> Shown = [];
        public (int Step, long TimeMs)? Last;
        public int? Standing;
        public bool On;
        public TimeSpan SwitchedAt;
        public TimeSpan? UnflaggedFrom;
        public bool Charged;

        public int Newest => MovedAt.Count - 1;
    }

    private readonly Dictionary<string, Coin> _coins = [];
    private readonly ShownStatus _status = new();
    private readonly List<Charge> _charges = [];
    private readonly StormLimits _limits;
    private readonly Excuses _excuses;
    private TimeSpan _now;
    private int _writes;
    private (TimeSpan Time, string Coin) _longestWrong = (TimeSpan.Zero, "-"), _longestUnflagged = (TimeSpan.Zero, "-");

    private StormCheck(IReadOnlyList<Happening> happenings, StormLimits limits)
    {
        _limits = limits;
        _excuses = new Excuses(happenings.OfType<Excused>().Select(e => (e.At, e.Until)));
    }

    /// <summary>Judges happenings that are in the order of time, up to the end.</summary>
    public static StormVerdict Of(IReadOnlyList<Happening> happenings, StormLimits limits, TimeSpan endedAt)
    {
        var check = new StormCheck(happenings, limits);
        foreach (Happening happening in happenings)
        {
            // What was shown alters nothing that stands.
            if (happening is not (Shown or Told or Excused))
                check.Advance(happening.At);
            check.Take(happening);
        }
        check.Advance(endedAt);
        check.End(endedAt);
        return new StormVerdict(check._charges, check._writes, check._status.Writes,
            check._longestWrong.Time, check._longestWrong.Coin, check._longestUnflagged.Time, check._longestUnflagged.Coin);
    }

    private void Take(Happening happening)
    {
        switch (happening)
        {
            case Moved moved:
                Coin mover = Of(moved.Coin);
                mover.StepOf[moved.Price] = moved.Step;
                mover.MovedAt.Add(moved.At);
                break;
            case Shown shown:
                Coin seen = Of(shown.Coin);
                if (seen.StepOf.TryGetValue(shown.Price, out int step))
                    seen.Shown.Add((step, shown.TimeMs));
                break;
            case Watched watched:
                (Of(watched.Coin).On, Of(watched.Coin).SwitchedAt) = (watched.On, watched.At);
                break;
            case Emptied:
                Empty();
                break;
            case Carried { Words: ["FLUSHDB" or "FLUSHALL", ..] }:
                Empty();
                break;
            case Carried { Words.Length: > 1 } carried when ShownStatus.IsStatus(carried.Words[1]):
                _status.Take(carried.At, carried.Words);
                break;
            case Carried { Words.Length: > 1 } carried:
                Carry(carried);
                break;
        }
    }

    private void Empty()
    {
        foreach (Coin coin in _coins.Values)
            coin.Standing = null;
        _status.Clear();
    }

    private void Carry(Carried carried)
    {
        string key = carried.Words[1];
        switch (carried.Words[0])
        {
            case "HSET" or "HMSET":
                _writes++;
                Write(carried, key);
                break;
            case "DEL" or "UNLINK":
                foreach (string gone in carried.Words[1..])
                    Delete(carried.At, gone);
                break;
            case "EXPIRE" or "PEXPIRE":
                break;
            default:
                Charge(Offence.HalfWritten, carried.At, key, $"was touched by {string.Join(' ', carried.Words)}");
                break;
        }
    }

    private void Write(Carried write, string key)
    {
        string text = string.Join(' ', write.Words[2..]);
        if (!key.StartsWith(KeyHead, StringComparison.Ordinal) || !_coins.TryGetValue(key[KeyHead.Length..], out Coin? coin) || coin.MovedAt.Count == 0)
        {
            Charge(Offence.StrangeKey, write.At, key, text);
            return;
        }
        var fields = new Dictionary<string, string>();
        for (int i = 2; i + 1 < write.Words.Length; i += 2)
            fields[write.Words[i]] = write.Words[i + 1];
        if (write.Words.Length != 8 || !fields.TryGetValue("ltp", out string? price) || !fields.TryGetValue("timestamp", out string? time)
            || !fields.TryGetValue("original_symbol", out string? symbol))
        {
            Charge(Offence.HalfWritten, write.At, coin.Name, text);
            return;
        }
        if (symbol != coin.Name + Ledger.Quote)
            Charge(Offence.WrongSymbol, write.At, coin.Name, text);
        if (!coin.On && Counted(coin.SwitchedAt, write.At) > _limits.WatchlistWithin)
            Charge(Offence.WrittenAfterRemoval, write.At, coin.Name, text);
        if (!coin.StepOf.TryGetValue(price, out int step))
        {
            Charge(Offence.InventedPrice, write.At, coin.Name, text);
            return;
        }
        coin.Standing = step;
        if (TimeOf(time) is not { } timeMs || !coin.Shown.Contains((step, timeMs)))
        {
            Charge(Offence.InventedTime, write.At, coin.Name, text);
            return;
        }
        if (coin.Last is { } last && (step, timeMs).CompareTo(last) < 0)
            Charge(Offence.WentBack, write.At, coin.Name, $"{text} (price number {step}) after number {last.Step} of {last.TimeMs - timeMs} ms later");
        else
            coin.Last = (step, timeMs);
    }

    private void Delete(TimeSpan at, string key)
    {
        if (!key.StartsWith(KeyHead, StringComparison.Ordinal) || !_coins.TryGetValue(key[KeyHead.Length..], out Coin? coin))
        {
            Charge(Offence.StrangeKey, at, key, "was deleted");
            return;
        }
        coin.Standing = null;
        if (coin.On && Counted(coin.SwitchedAt, at) > _limits.WatchlistWithin)
            Charge(Offence.DeletedThoughWatched, at, coin.Name, "");
    }

    private TimeSpan Counted(TimeSpan from, TimeSpan to) => _excuses.Counted(from, to);

    private void Charge(Offence offence, TimeSpan at, string coin, string text)
    {
        if (_charges.Count < ChargesMax)
            _charges.Add(new Charge(offence, at, coin, text));
    }

    private Coin Of(string name)
    {
        if (!_coins.TryGetValue(name, out Coin? coin))
            _coins.Add(name, coin = new Coin(name));
        return coin;
    }

    private static long? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUnixTimeMilliseconds() : null;
}
