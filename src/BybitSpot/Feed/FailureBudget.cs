// Counts failures in a row for the whole process: RECONNECT_MAX_ATTEMPTS of them, while no line delivers, end the program, so
// that a supervisor can start it anew. Data for a wanted topic, on any line, sets the count to zero. Any line's thread calls.
namespace BybitSpot.Feed;

internal sealed class FailureBudget(int attemptsMax)
{
    private readonly Lock _gate = new();
    private int _failures, _delivering;

    /// <summary>Failures in a row so far.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>What the log says of the limit.</summary>
    public string Allowed => attemptsMax == 0 ? "any number" : attemptsMax.ToString();

    /// <summary>A line got its first data for a wanted topic on this connection.</summary>
    public void LineDelivers()
    {
        lock (_gate)
        {
            _delivering++;
            _failures = 0;
        }
    }

    /// <summary>A line that delivered was stopped on purpose.</summary>
    public void LineStopped()
    {
        lock (_gate)
            _delivering--;
    }

    /// <summary>A line's connection failed or ended.</summary>
    /// <param name="delivered">Whether <see cref="LineDelivers"/> was said of this connection.</param>
    /// <returns>True if that was the last failure allowed.</returns>
    public bool LineFailed(bool delivered)
    {
        lock (_gate)
        {
            if (delivered)
                _delivering--;
            if (_delivering > 0)
                return false;
            _failures++;
            return attemptsMax > 0 && _failures >= attemptsMax;
        }
    }
}
