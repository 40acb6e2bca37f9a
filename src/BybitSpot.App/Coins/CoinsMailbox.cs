using BybitSpot.Market;
using BybitSpot.Rest;

namespace BybitSpot.App;

/// <summary>What REST answered.</summary>
/// <param name="Market">Who has asked; one that was left may get its answer after another of the same venue was made.</param>
/// <param name="StartedAt">When it was asked, on the loop's clock.</param>
internal sealed record CoinsAnswer(MarketCoins Market, ListVerdict Verdict, InstrumentList? List, TimeSpan StartedAt);

/// <summary>What is to be done now.</summary>
internal readonly record struct CoinsWork(bool Look, bool Reload, bool Listing, IReadOnlyList<CoinsAnswer> Answers);

/// <summary>
/// What other threads have to say to the coins thread, and where that thread sleeps. Any thread posts; one waits. However
/// often something is said before it is heard, it is heard once.
/// </summary>
internal sealed class CoinsMailbox
{
    /// <summary>Least time between two looks at the file, however many events come.</summary>
    public static readonly TimeSpan LookGapMin = TimeSpan.FromMilliseconds(20);

    private readonly object _gate = new();
    private bool _changed;
    private bool _reload;
    private bool _listing;
    private bool _stopping;
    private List<CoinsAnswer> _answers = [];

    public void PostChanged() => Post(() => _changed = true);

    public void PostReload() => Post(() => _reload = true);

    public void PostListing() => Post(() => _listing = true);

    public void PostStop() => Post(() => _stopping = true);

    public void PostAnswer(CoinsAnswer answer) => Post(() => _answers.Add(answer));

    /// <summary>Waits until something is posted or due.</summary>
    /// <param name="now">The loop's clock.</param>
    /// <param name="lookedAt">When the file was last looked at.</param>
    /// <param name="lookEvery">How long after that it is looked at again without being told to.</param>
    /// <param name="restAt">When REST is to be asked; null: not by the clock.</param>
    /// <param name="work">What woke it.</param>
    /// <returns>False: to end.</returns>
    public bool Wait(Func<TimeSpan> now, TimeSpan lookedAt, TimeSpan lookEvery, TimeSpan? restAt, out CoinsWork work)
    {
        lock (_gate)
        {
            bool look;
            while (true)
            {
                TimeSpan lookAt = lookedAt + (_changed ? LookGapMin : lookEvery);
                TimeSpan left = (restAt < lookAt ? restAt.Value : lookAt) - now();
                look = now() >= lookAt;
                if (_stopping || _reload || _listing || _answers.Count > 0 || left <= TimeSpan.Zero)
                    break;
                Monitor.Wait(_gate, left + TimeSpan.FromMilliseconds(1));
            }
            work = new CoinsWork(look, _reload, _listing, _answers);
            if (look || _reload)
                _changed = false;
            (_reload, _listing, _answers) = (false, false, []);
            return !_stopping;
        }
    }

    private void Post(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
        }
    }
}
