// What a connection does about refusals. See Refusal for what the exchange's words mean. Owned by the line's thread. The rules:
//
//   named            those alone are put aside; the rest is asked for again at once, unless nothing else was heard five times.
//                    It may be subscribed or not, whichever way this exchange takes a request with a bad topic in it, so it is
//                    unsubscribed first: a topic that flows already would have the whole refused once more. Another topic of a
//                    symbol that does not exist is asked for alone.
//   none is named    asked again in halves until the bad one stands alone: at once if the words say something for good, or if the
//                    exchange grants others at that time, so that it must be this request; else it may be the exchange, and the
//                    whole waits first.
//   put aside        for ten minutes if there is no such topic, else for 1 s, then 2, 4 … 60 s (2 at most while it does not stand
//                    alone: in four steps it does). A topic that was granted before is not believed gone at the first word: it
//                    begins at 1 s, too, and goes on to ten minutes.
//   everything       refused, and not for good: a new connection; when, Backoff says.
//
// What must stay true: what waits is in exactly one of _refused; no more than so many of them are asked for again in a second.
using System.Collections.Frozen;

namespace BybitSpot.Feed;

internal sealed partial class Subscriptions
{
    /// <summary>How long a topic that does not exist is let be.</summary>
    public static readonly TimeSpan RetryRefusedAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long one is let be at first that was refused with words that say nothing for good.</summary>
    public static readonly TimeSpan RetryPassingAfter = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan RetryPassingAfterMax = TimeSpan.FromSeconds(60);

    /// <summary>The same for topics that were refused together, none of them named.</summary>
    public static readonly TimeSpan RetryTogetherAfterMax = TimeSpan.FromSeconds(2);

    /// <summary>Most requests a second for what was refused before.</summary>
    public const int RetriesPerSecondMax = 50;

    /// <summary>
    /// Refusals in a row that say nothing for good, after which what is left of a refused request waits, too: an exchange that is
    /// busy may name a topic each time.
    /// </summary>
    public const int PassingInRowMax = 5;

    // So long before a request a grant shows that the exchange was well when it was sent.
    private static readonly TimeSpan s_grantedLately = TimeSpan.FromSeconds(1);

    /// <summary>Topics that wait together, since none of them was named.</summary>
    private sealed class Waiting(Topic[] topics, TimeSpan retryAt)
    {
        public readonly Topic[] Topics = topics;
        public TimeSpan RetryAt = retryAt;
    }

    private readonly List<Waiting> _refused = [];
    private TimeSpan _retriesSince;
    private int _retries, _passingInRow;

    /// <summary>The coins of which the exchange refuses every topic with prices, each with the reason.</summary>
    public IReadOnlyDictionary<int, string> RefusedCoins =>
        _refused.Count == 0
            ? FrozenDictionary<int, string>.Empty
            : _coins.Values.Where(c => c.Topics.TrueForAll(t => t.Refusal is not null || !t.CarriesPrice)).ToFrozenDictionary(c => c.Slot, c => c.Topics[0].Refusal!);

    /// <summary>
    /// How often everything was refused on this connection; 0 if something was granted or is under way, or if all that was
    /// refused does not exist.
    /// </summary>
    public int AllRefused
    {
        get
        {
            if (_refused.Count == 0 || !AllAnswered)
                return 0;
            int times = 0;
            foreach (Coin coin in _coins.Values)
                foreach (Topic topic in coin.Topics)
                {
                    if (!topic.Waits)
                        return 0;
                    if (topic.RefusedAs == RefusalKind.Passing && (times == 0 || topic.Refusals < times))
                        times = topic.Refusals;
                }
            return times;
        }
    }

    /// <summary>What was refused is asked for with the next requests: the exchange's list has changed.</summary>
    public void RetryRefusedNow()
    {
        foreach (Waiting waiting in _refused)
            waiting.RetryAt = TimeSpan.Zero;
    }

    private List<RefusedTopic> Refuse(Request request, ControlMessage answer, TimeSpan now)
    {
        Topic[] topics = request.Topics;
        RefusalKind?[] named = Refusal.Named(answer.Words, [.. topics.Select(t => t.Name)]);
        if (topics.Length == 1)
            named[0] ??= Refusal.KindOf(answer.Words);
        else if (Array.TrueForAll(named, k => k is null or RefusalKind.TooMuch))
            return RefuseWhole(request, answer, now);
        bool isPassing = !Array.Exists(named, k => k is not (null or RefusalKind.Passing));
        var told = new List<RefusedTopic>();
        HashSet<Coin> gone = [];
        for (int i = 0; i < topics.Length; i++)
        {
            if (named[i] is RefusalKind.AlreadySubscribed)
                Grant([topics[i]], now);
            else if (named[i] is { } kind)
            {
                PutAside([topics[i]], kind, answer.Reason, now, told);
                if (kind == RefusalKind.Lasting)
                    gone.Add(topics[i].Coin);
            }
        }
        Topic[] rest = [.. topics.Where((_, i) => named[i] is null)];
        if (isPassing && ++_passingInRow > PassingInRowMax)
        {
            PutAside(rest, RefusalKind.Passing, answer.Reason, now, told);
            return told;
        }
        foreach (Topic topic in rest.Where(t => gone.Contains(t.Coin)))
            _toAsk.AddFirst((true, [topic]));
        if (rest.Length > 0)
        {
            _toAsk.AddFirst((true, [.. rest.Where(t => !gone.Contains(t.Coin))]));
            _toAsk.AddFirst((false, rest));
        }
        return told;
    }

    private List<RefusedTopic> RefuseWhole(Request request, ControlMessage answer, TimeSpan now)
    {
        var told = new List<RefusedTopic>();
        if (Refusal.KindOf(answer.Words) != RefusalKind.Passing || _grantedAt >= request.SentAt - s_grantedLately)
            AskInHalves(request.Topics);
        else
            PutAside(request.Topics, RefusalKind.Passing, answer.Reason, now, told);
        return told;
    }

    private void AskInHalves(Topic[] topics)
    {
        int half = topics.Length / 2;
        _toAsk.AddFirst((true, topics[half..]));
        _toAsk.AddFirst((true, topics[..half]));
    }

    private void PutAside(Topic[] topics, RefusalKind kind, string reason, TimeSpan now, List<RefusedTopic> told)
    {
        topics = [.. topics.Where(t => !t.Dropped)];
        if (topics.Length == 0)
            return;
        if (kind != RefusalKind.Lasting)
            kind = RefusalKind.Passing;
        TimeSpan pause = TimeSpan.Zero;
        bool tell = false;
        foreach (Topic topic in topics)
        {
            topic.Refusals++;
            TimeSpan before = pause;
            pause = PauseOf(topic, kind);
            // What is refused for now is told once, and once more when it is asked for as seldom as may be.
            tell |= topic.Told != kind || kind == RefusalKind.Lasting
                || (pause == RetryPassingAfterMax && PauseOf(topic, kind, topic.Refusals - 1) < RetryPassingAfterMax);
            pause = before > pause ? before : pause;
            (topic.Waits, topic.Acked, topic.Refusal, topic.RefusedAs, topic.Told) = (true, false, reason, kind, kind);
        }
        // Good ones wait with a bad one that was not named: they are not to wait long.
        if (topics.Length > 1 && pause > RetryTogetherAfterMax)
            pause = RetryTogetherAfterMax;
        _refused.Add(new Waiting(topics, now + pause));
        if (tell)
            told.Add(new RefusedTopic(topics.Length == 1 ? topics[0].Name : $"{topics[0].Name} and {topics.Length - 1} more", reason, pause));
    }

    private static TimeSpan PauseOf(Topic topic, RefusalKind kind) => PauseOf(topic, kind, topic.Refusals);

    private static TimeSpan PauseOf(Topic topic, RefusalKind kind, int refusals)
    {
        if (kind == RefusalKind.Lasting && !topic.EverGranted)
            return RetryRefusedAfter;
        TimeSpan most = kind == RefusalKind.Lasting ? RetryRefusedAfter : RetryPassingAfterMax;
        TimeSpan pause = RetryPassingAfter * Math.Pow(2, Math.Min(refusals - 1, 16));
        return pause < most ? pause : most;
    }

    private void RetryRefused(TimeSpan now)
    {
        if (_refused.Count == 0)
            return;
        if (now - _retriesSince >= TimeSpan.FromSeconds(1))
            (_retriesSince, _retries) = (now, 0);
        foreach (Waiting waiting in _refused.Where(w => now >= w.RetryAt).ToArray())
        {
            if (_retries >= RetriesPerSecondMax)
                return;
            // In halves, so that a bad one among them is found; but where everything is refused, the whole is tried first.
            bool inHalves = waiting.Topics.Length > 1 && (_grantedAt is not null || _refused.Count == 1 || waiting.Topics[0].Refusals > 1);
            _refused.Remove(waiting);
            foreach (Topic topic in waiting.Topics)
                topic.Waits = false;
            int half = inHalves ? waiting.Topics.Length / 2 : 0;
            if (inHalves)
                _toAsk.AddLast((true, waiting.Topics[..half]));
            _toAsk.AddLast((true, waiting.Topics[half..]));
            _retries += inHalves ? 2 : 1;
        }
    }

    // A new connection: what was to blame for its own refusal is asked for alone; what was refused with all others, or in a request
    // that named none, is asked for as if nothing had been.
    private IEnumerable<Topic> ForgetRefusals()
    {
        Topic[] alone = [.. _refused.Where(w => w.Topics is [{ Dropped: false } t] && t.Coin.Slot != CanarySlot && (_grantedAt is not null || t.RefusedAs == RefusalKind.Lasting)).Select(w => w.Topics[0])];
        _refused.Clear();
        (_retriesSince, _retries, _passingInRow) = (TimeSpan.Zero, 0, 0);
        foreach (Topic topic in _coins.Values.SelectMany(c => c.Topics))
            (topic.Waits, topic.Refusals) = (false, 0);
        return alone;
    }
}
