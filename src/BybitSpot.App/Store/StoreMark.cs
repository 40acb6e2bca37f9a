// The sign that an embedded store carries, a hash of its own: by it `get` tells the store of a running program from any other
// server on those ports. The main thread writes it at start and again each minute, since prices heal a FLUSHALL, too. What must
// stay true: it is written only to a store of this process; its key does not hold the word by which old tools look for prices.
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using BybitSpot.Market;
using BybitSpot.Redis;

namespace BybitSpot.App;

/// <param name="Market">Which prices stand there: spot, linear or inverse.</param>
/// <param name="MadeUp">Whether they are those of a demo.</param>
internal sealed record StoreMark(int Port, string Market, bool MadeUp)
{
    public const string Key = "embedded_store";

    private const string Program = "bybitspot", Real = "real", Demo = "made-up";

    /// <summary>For one server; one of ours on this machine answers within a few milliseconds.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>For all together, when strangers there take connections and say nothing.</summary>
    private static readonly TimeSpan SearchLimit = TimeSpan.FromSeconds(5);

    public string Endpoint => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public static string NameOf(Venue venue) => venue.ToString().ToLowerInvariant();

    /// <summary>Marks the store that this process has on that port. One that is too busy to take it gets it the next time.</summary>
    public void Write(TimeProvider time)
    {
        try
        {
            using RedisTalk talk = TalkTo(Port, time);
            talk.Connect();
            talk.Say("HSET", Key, "program", Program, "port", Number(Port), "market", Market, "prices", MadeUp ? Demo : Real, "version", ProgramVersion.Text, "pid", Number(Environment.ProcessId));
            talk.Send();
            talk.Reply();
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            // Without it, `get` has to be told the port; prices do not depend on it.
        }
    }

    /// <summary>The marked stores of this machine, the best first.</summary>
    public static List<StoreMark> Search(Venue venue, TimeProvider time)
    {
        long start = time.GetTimestamp();
        var found = new List<StoreMark>();
        foreach (int port in Listening())
            if (time.GetElapsedTime(start) < SearchLimit && Read(port, time) is { } mark)
                found.Add(mark);
        return Ranked(found, NameOf(venue));
    }

    /// <summary>Of the market that is asked for, real prices before a demo's, then by port.</summary>
    public static List<StoreMark> Ranked(IEnumerable<StoreMark> found, string market) =>
        [.. found.Where(m => m.Market == market).OrderBy(m => m.MadeUp).ThenBy(m => m.Port)];

    /// <summary>What a server says of itself; null unless it is a store of ours on that very port: a copy elsewhere names another.</summary>
    public static StoreMark? Read(int port, TimeProvider time)
    {
        try
        {
            using RedisTalk talk = TalkTo(port, time);
            talk.Connect();
            talk.Say("HMGET", Key, "program", "port", "market", "prices");
            talk.Send();
            if (talk.Reply() != "*4" || talk.Reply() != Program || talk.Reply() != Number(port) || talk.Reply() is not { } market)
                return null;
            return new StoreMark(port, market, talk.Reply() != Real);
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static RedisTalk TalkTo(int port, TimeProvider time) => new(new RedisOptions("127.0.0.1", port, null, 0), AnswerLimit, time, CancellationToken.None);

    /// <summary>The ports of embedded stores on which somebody listens, from the kernel's own table; all of them where that is hidden.</summary>
    private static IEnumerable<int> Listening()
    {
        IEnumerable<int> all = Enumerable.Range(StorePorts.First, StorePorts.TriesMax);
        try
        {
            return all.Intersect(IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(l => l.Port));
        }
        catch (Exception hidden) when (hidden is NetworkInformationException or IOException or UnauthorizedAccessException)
        {
            return all;
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
