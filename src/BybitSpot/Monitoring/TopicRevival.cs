// What is done about a topic that is dead: its price moves at the exchange, and no message brings it. It is subscribed anew; if
// that does not help, its line is replaced, or, where that was done not long ago, it is subscribed anew again, ever more seldom:
// the exchange may have been deaf the first time. Where many topics of a line are dead at once, the line is. Pure; under the
// bridge's gate. What must stay true: however many coins seem dead, a line has a bounded number of requests for it; and a coin
// that was right for a moment is not a new case.
namespace BybitSpot.Monitoring;

internal enum Revival : byte
{
    /// <summary>Nothing now.</summary>
    Wait,
    SubscribeAnew,
    ReplaceLine,
}

/// <summary>What was tried for one coin.</summary>
internal struct RevivalState
{
    public int Tries;

    /// <summary>Nothing is tried before; null if nothing was yet.</summary>
    public TimeSpan? NextAt;
}

internal sealed class TopicRevival
{
    /// <summary>How long a topic that was subscribed anew is given before its line is replaced; doubled with each further try.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>A topic that stays dead, whatever was tried, is tried again this often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(60);

    /// <summary>A coin that was right for so long after the last pause is a new case.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);

    /// <summary>Most topics that a line subscribes anew within <see cref="PerLineWithin"/>; with more at once the line is replaced.</summary>
    public const int PerLineMax = 10;

    public static readonly TimeSpan PerLineWithin = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, (TimeSpan Since, int Count)> _lines = [];

    /// <summary>What to do now for a coin whose topic is dead.</summary>
    /// <param name="line">Which lines carry it.</param>
    /// <param name="deadOnLine">How many coins of these lines are dead now.</param>
    public Revival Decide(ref RevivalState coin, int line, int deadOnLine, TimeSpan now)
    {
        if (now < coin.NextAt)
            return Revival.Wait;
        if (now - coin.NextAt >= ForgottenAfter)
            coin = default;
        (TimeSpan since, int count) = _lines.GetValueOrDefault(line);
        if (count == 0 || now - since >= PerLineWithin)
            (since, count) = (now, 0);
        if (count >= PerLineMax)
            return Revival.Wait;
        _lines[line] = (since, count + 1);
        Revival decision = coin.Tries == 0 && deadOnLine <= PerLineMax ? Revival.SubscribeAnew : Revival.ReplaceLine;
        TimeSpan pause = Within * (1 << Math.Min(coin.Tries++, 3));
        coin.NextAt = now + (pause < Every ? pause : Every);
        return decision;
    }
}
