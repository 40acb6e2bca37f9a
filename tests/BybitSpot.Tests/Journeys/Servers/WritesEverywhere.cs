using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>
/// What each of several servers wrote, told by itself; what a replica takes over from its primary is among it. For markets whose
/// prices only rise, such as <see cref="Store.Trading"/>'s. A server that is killed tells no more.
/// </summary>
internal sealed class WritesEverywhere(IServers servers) : IDisposable
{
    private readonly WriteWatch[] _watches = [.. servers.Servers.Where(s => s.IsUp).Select(s => new WriteWatch(s))];

    /// <summary>How many there were so far, at all servers.</summary>
    public int Count => _watches.Sum(w => w.All.Count);

    /// <summary>At no server was a coin's price written below the one before, nor its time.</summary>
    public void NeverWentBack()
    {
        foreach (WriteWatch watch in _watches)
            foreach (IGrouping<string, PriceWrite> coin in watch.All.GroupBy(w => w.Key))
                OrderTests.AssertNeverBack([.. coin]);
    }

    public void Dispose()
    {
        foreach (WriteWatch watch in _watches)
            watch.Dispose();
    }
}
