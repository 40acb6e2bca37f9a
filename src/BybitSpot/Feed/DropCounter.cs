// Messages that were dropped, counted by reason, told in the log at most once in ten seconds a reason. One line's thread adds;
// any thread reads the totals.
using System.Text;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Feed;

internal sealed class DropCounter(int line, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);

    private const int SampleBytesMax = 160;

    private static readonly DropReason[] s_reasons = Enum.GetValues<DropReason>();

    private readonly long[] _counts = new long[s_reasons.Length];
    private readonly long[] _logged = new long[s_reasons.Length];
    private readonly long[] _loggedAt = new long[s_reasons.Length];
    private readonly string[] _samples = new string[s_reasons.Length];

    public long Total
    {
        get
        {
            long total = 0;
            for (int i = 0; i < _counts.Length; i++)
                total += Volatile.Read(ref _counts[i]);
            return total;
        }
    }

    /// <summary>How many were dropped for this reason.</summary>
    public long Of(DropReason reason) => Volatile.Read(ref _counts[(int)reason]);

    public void Add(DropReason reason, ReadOnlySpan<byte> frame)
    {
        int i = (int)reason;
        _counts[i]++;
        // A coin that was just taken off the list sends on for a moment: counted, no more.
        if (reason == DropReason.UnknownSymbol)
            return;
        if (_logged[i] == 0 || time.GetElapsedTime(_loggedAt[i]) >= LogEvery)
        {
            _samples[i] = Sample(frame);
            Tell(i);
        }
    }

    /// <summary>Counts one that need not be told.</summary>
    public void Count(DropReason reason)
    {
        _counts[(int)reason]++;
        _logged[(int)reason]++;
    }

    /// <summary>Tells what was held back by the limit, once it is due.</summary>
    public void TellWhatIsDue()
    {
        for (int i = 0; i < _counts.Length; i++)
            if (_counts[i] > _logged[i] && _logged[i] > 0 && time.GetElapsedTime(_loggedAt[i]) >= LogEvery)
                Tell(i);
    }

    private void Tell(int i)
    {
        log.MessageDropped(line, Name(s_reasons[i]), _counts[i] - _logged[i], _counts[i], _samples[i]);
        _logged[i] = _counts[i];
        _loggedAt[i] = time.GetTimestamp();
    }

    /// <summary>A reason as logs and counters write it: <c>symbol_mismatch</c>.</summary>
    public static string Name(DropReason reason)
    {
        var name = new StringBuilder();
        foreach (char c in reason.ToString())
            name.Append(char.IsUpper(c) && name.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        return name.ToString();
    }

    private static string Sample(ReadOnlySpan<byte> frame)
    {
        var sample = new StringBuilder();
        foreach (byte b in frame[..Math.Min(frame.Length, SampleBytesMax)])
            sample.Append(b is >= 0x20 and < 0x7F ? (char)b : '?');
        return frame.Length > SampleBytesMax ? sample.Append('…').ToString() : sample.ToString();
    }
}
