// What REST's last prices say of the coins we watch. Pure; times are monotonic, since some start; one thread at a time.
//
// REST tells a price without its time, so one difference proves nothing: a message may be under way. A difference of a coin that
// nothing was heard of meanwhile is looked at once more, 2 s later. If it stands, and still no message has come that explains it,
// the coin's topic is dead: the price moved, and the stream did not say so. Equal prices, compared as numbers, confirm.
// REST may also be late: what it shows may have stood here and been followed by another price. Such an answer contradicts nothing.
// While it cannot be known whether it did (the coin is carried only since a moment, or moves too often to be remembered), a coin
// must also have been silent for longer than REST may be late.
// A coin that the answer once named and no longer names, twice, is no longer listed. An answer that is empty or more than 5 %
// shorter than the longest is no evidence of that.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>A coin as it stands here when REST's answer is there.</summary>
/// <param name="Price">Null if it has none.</param>
/// <param name="HeardAt">When its last message came; null if none has.</param>
/// <param name="Stood">Whether REST's price stood here during <see cref="Audit.LateMax"/> before the question.</param>
internal readonly record struct AuditedCoin(int Slot, string Symbol, Price? Price, TimeSpan? HeardAt, Stood Stood = Stood.No);

internal enum AuditVerdict : byte
{
    /// <summary>Nothing can be said.</summary>
    Nothing,
    Agrees,

    /// <summary>REST is behind: its price stood here not long ago.</summary>
    Late,

    /// <summary>To be looked at again after <see cref="Audit.SecondLookAfter"/>.</summary>
    Suspect,

    /// <summary>The price moved at the exchange, and no message brought it.</summary>
    Contradicts,

    /// <summary>The exchange does not list it any more.</summary>
    NotListed,
}

internal sealed class Audit
{
    public static readonly TimeSpan SecondLookAfter = TimeSpan.FromSeconds(2);

    /// <summary>Of a coin heard later than this before the question, a difference is only a matter of time.</summary>
    public static readonly TimeSpan MovingFor = TimeSpan.FromSeconds(1);

    /// <summary>How late REST may be without contradicting anything.</summary>
    public static readonly TimeSpan LateMax = TimeSpan.FromSeconds(30);

    /// <summary>The same where it cannot be known what stood here so long ago.</summary>
    public static readonly TimeSpan LateMaxUnknown = TimeSpan.FromSeconds(8);

    private sealed class Entry
    {
        public TimeSpan? SuspectSince, AbsentSince, ConfirmedAt, ContradictedAt;
        public bool Named, IsListed = true;
    }

    private readonly Dictionary<int, Entry> _entries = [];
    private int _longest;

    /// <summary>Whether something is to be looked at a second time.</summary>
    public bool WantsSecondLook { get; private set; }

    /// <summary>Differences found since the start, first looks and second ones.</summary>
    public long Differences { get; private set; }

    /// <summary>Topics found dead since the start.</summary>
    public long Contradictions { get; private set; }

    /// <summary>When the price was last confirmed; null if never.</summary>
    public TimeSpan? ConfirmedAt(int slot) => _entries.GetValueOrDefault(slot)?.ConfirmedAt;

    /// <summary>When the coin's topic was found dead; null if it was not, or has been right since.</summary>
    public TimeSpan? ContradictedAt(int slot) => _entries.GetValueOrDefault(slot)?.ContradictedAt;

    public bool IsListed(int slot) => _entries.GetValueOrDefault(slot)?.IsListed ?? true;

    /// <summary>The coin is watched anew, or no longer.</summary>
    public void Forget(int slot) => _entries.Remove(slot);

    /// <summary>A new answer, before its coins are judged one by one.</summary>
    /// <param name="listed">How many symbols it names.</param>
    /// <returns>False if it is too short to be believed in what it leaves out.</returns>
    public bool Begin(int listed)
    {
        WantsSecondLook = false;
        if (listed == 0)
            return false;
        if (listed * 100L < _longest * 95L)
        {
            // One that stays short is believed in the end.
            _longest -= Math.Max(1, _longest / 100);
            return false;
        }
        _longest = Math.Max(_longest, listed);
        return true;
    }

    /// <param name="shown">REST's price, empty where it names the coin without one; null if it does not name it.</param>
    /// <param name="coin">As it stands when the answer is there.</param>
    /// <param name="isWhole">What <see cref="Begin"/> said of the answer.</param>
    /// <param name="askedAt">When the question was sent: the answer is no older.</param>
    public AuditVerdict Judge(in AuditedCoin coin, Price? shown, bool isWhole, TimeSpan askedAt)
    {
        if (!_entries.TryGetValue(coin.Slot, out Entry? entry))
            _entries.Add(coin.Slot, entry = new Entry());
        if (shown is not { } price)
            return isWhole ? JudgeAbsence(entry, askedAt) : AuditVerdict.Nothing;
        (entry.Named, entry.IsListed, entry.AbsentSince) = (true, true, null);
        if (price.Text.IsEmpty || coin.Price is not { } here)
            return AuditVerdict.Nothing;
        if (Price.SameNumber(here, price))
        {
            (entry.SuspectSince, entry.ContradictedAt, entry.ConfirmedAt) = (null, null, askedAt);
            return AuditVerdict.Agrees;
        }
        if (coin.HeardAt >= askedAt - MovingFor)
        {
            (entry.SuspectSince, entry.ContradictedAt) = (null, null);
            return AuditVerdict.Nothing;
        }
        if (entry.ContradictedAt is not null && !(coin.HeardAt > entry.ContradictedAt))
        {
            Differences++;
            return AuditVerdict.Contradicts;
        }
        if (coin.Stood == Stood.Yes)
        {
            // An earlier suspicion stands: another server may have answered.
            WantsSecondLook |= entry.SuspectSince is not null;
            return AuditVerdict.Late;
        }
        Differences++;
        if (entry.SuspectSince is { } since && !(coin.HeardAt > since))
        {
            if (askedAt - since >= SecondLookAfter && (coin.Stood == Stood.No || !(askedAt - coin.HeardAt < LateMaxUnknown)))
            {
                Contradictions++;
                (entry.SuspectSince, entry.ContradictedAt) = (null, askedAt);
                return AuditVerdict.Contradicts;
            }
        }
        else
        {
            (entry.SuspectSince, entry.ContradictedAt) = (askedAt, null);
        }
        WantsSecondLook = true;
        return AuditVerdict.Suspect;
    }

    private AuditVerdict JudgeAbsence(Entry entry, TimeSpan askedAt)
    {
        if (!entry.Named)
            return AuditVerdict.Nothing;
        if (!entry.IsListed)
            return AuditVerdict.NotListed;
        entry.AbsentSince ??= askedAt;
        if (askedAt - entry.AbsentSince < SecondLookAfter)
        {
            WantsSecondLook = true;
            return AuditVerdict.Suspect;
        }
        entry.IsListed = false;
        return AuditVerdict.NotListed;
    }
}
