// Names to addresses, with a limit that holds: the system's resolver can hang for longer than any time-out it takes. Each
// name is asked on a thread of its own, and while one answer is outstanding the same name is not asked again, so a hanging
// resolver costs one thread a name and slows no other line. Every connection asks anew: addresses move. Who waits here wakes
// at least every Race.Slice.
using System.Net;
using System.Net.Sockets;
using BybitSpot.Signals;

namespace BybitSpot.Net;

internal static class Resolver
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, Task<IPAddress[]>> s_asked = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="deadline">A time stamp of the time provider's.</param>
    /// <param name="tick">Called each time the waiting thread wakes; an exception of it ends the wait.</param>
    /// <exception cref="TimeoutException">No answer before the deadline.</exception>
    /// <exception cref="SocketException">The name is not known.</exception>
    public static IPAddress[] Resolve(string host, TimeProvider time, long deadline, Action? tick = null)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return [literal];
        Task<IPAddress[]> asked = Ask(host);
        try
        {
            while (true)
            {
                TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
                if (left <= TimeSpan.Zero)
                    throw new TimeoutException();
                if (asked.Wait(left < Race.Slice ? left : Race.Slice))
                    return asked.Result;
                tick?.Invoke();
            }
        }
        catch (AggregateException e)
        {
            // What is no name at all (longer than 255 characters, say) is an ArgumentException there.
            throw e.InnerException as SocketException ?? new SocketException((int)SocketError.HostNotFound);
        }
    }

    private static Task<IPAddress[]> Ask(string host)
    {
        lock (s_gate)
        {
            if (s_asked.TryGetValue(host, out Task<IPAddress[]>? underWay))
                return underWay;
            var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            s_asked.Add(host, answer.Task);
            OwnThread.Start("resolve", () => answer.SetResult(Answer(host)), (_, e) => answer.SetException(e));
            return answer.Task;
        }
    }

    private static IPAddress[] Answer(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host);
        }
        finally
        {
            lock (s_gate)
                s_asked.Remove(host);
        }
    }
}
