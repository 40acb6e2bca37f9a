// Tells what the exchange refuses, at a limited rate: a line may carry a thousand topics, and all of them may be refused at once.
// One line's thread.
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Feed;

internal sealed class RefusalTeller(int line, TimeProvider time, ILogger log)
{
    /// <summary>Most refusals told one by one in <see cref="Within"/>; of more the number is told.</summary>
    public const int ToldEachMax = 50;

    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private long _since;
    private int _told, _untold;
    private RefusedTopic? _last;

    public void Tell(RefusedTopic refused)
    {
        TellWhatIsDue();
        if (_told == 0)
            _since = time.GetTimestamp();
        if (++_told <= ToldEachMax)
        {
            log.TopicRefused(refused.Topic, refused.Reason, (int)refused.RetryAfter.TotalSeconds);
            return;
        }
        _untold++;
        _last = refused;
    }

    /// <summary>Tells what was held back by the limit, once it is due.</summary>
    public void TellWhatIsDue()
    {
        if (_told == 0 || time.GetElapsedTime(_since) < Within)
            return;
        if (_untold > 0)
            log.TopicsRefused(line, _untold, _last!.Topic, _last.Reason);
        (_told, _untold, _last) = (0, 0, null);
    }
}
