// What only its sequence keeps from being a coin's newest: messages that are later by exchange time than what stands. Pure; one
// for each coin, under its lock. The rule by which REST may set them free stands at the head of Arbiter.cs.
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed class Withheld
{
    /// <summary>After how long REST's second word counts where its first is not enough.</summary>
    public static readonly TimeSpan SecondWordAfter = TimeSpan.FromSeconds(2);

    /// <summary>After how much exchange time of it REST is asked: a ticker that merely lags behind a trade does so for less.</summary>
    public const long DoubtAfterMs = 1_000;

    /// <summary>How far what stands may be ahead of the exchange's clock.</summary>
    public const long AheadOfClockMaxMs = 5_000;

    /// <summary>Most prices remembered: REST's answer is some messages old where a coin moves.</summary>
    public const int PricesMax = 8;

    private readonly Price[] _prices = new Price[PricesMax];
    private int _count;
    private long _clockMs = long.MaxValue;
    private TimeSpan? _firstWordAt;

    /// <summary>The newest by exchange time.</summary>
    public Stamp Last { get; private set; }

    public Price LastPrice { get; private set; }

    /// <summary>The time of the oldest.</summary>
    public long FirstMs { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>What is later than this is withheld.</summary>
    public long AfterMs(in Stamp stands) => Math.Min(stands.TimeMs, _clockMs);

    /// <summary>Whether it has gone on so long that what stands is in doubt.</summary>
    public bool IsDoubt(in Stamp stands) => _count > 0 && Last.TimeMs - AfterMs(stands) >= DoubtAfterMs;

    /// <summary>Whether what stands is of a time that the exchange's clock has yet to reach.</summary>
    public static bool IsAhead(in Stamp stands, long exchangeMs) => exchangeMs > 0 && stands.TimeMs > exchangeMs + AheadOfClockMaxMs;

    /// <summary>What stands is ahead of the exchange's clock: what is later than that clock is withheld from now on.</summary>
    public void TakeFrom(long exchangeMs) => _clockMs = Math.Min(_clockMs, exchangeMs);

    /// <summary>A message that has a sequence was late, or suspected to be a reset.</summary>
    public void Add(in Stamp message, ReadOnlySpan<byte> price)
    {
        bool isFirst = _count == 0;
        if (isFirst || message.TimeMs < FirstMs)
            FirstMs = message.TimeMs;
        bool isLast = isFirst || (message.TimeMs, message.Sequence).CompareTo((Last.TimeMs, Last.Sequence)) >= 0;
        if (isLast)
            Last = message;
        if (!isFirst && _prices[(_count - 1) % PricesMax].Text.SequenceEqual(price))
        {
            if (isLast)
                LastPrice = _prices[(_count - 1) % PricesMax];
            return;
        }
        Price kept = Price.FromValid(price);
        if (isLast)
            LastPrice = kept;
        _prices[_count++ % PricesMax] = kept;
    }

    /// <summary>A newer message than what stood has come the ordinary way.</summary>
    public void Clear() => (_count, _clockMs, _firstWordAt) = (0, long.MaxValue, null);

    /// <summary>REST shows what stands, or something else again.</summary>
    public void Disagreed() => _firstWordAt = null;

    public bool Holds(in Price shown)
    {
        for (int i = 0; i < Math.Min(_count, PricesMax); i++)
            if (Price.SameNumber(_prices[i], shown))
                return true;
        return false;
    }

    /// <summary>REST shows one of the prices.</summary>
    /// <returns>Whether it has done so before, long enough ago.</returns>
    public bool Agreed(TimeSpan askedAt)
    {
        _firstWordAt ??= askedAt;
        return askedAt - _firstWordAt >= SecondWordAfter;
    }
}
