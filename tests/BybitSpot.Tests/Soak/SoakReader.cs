// Looks again and again, as an ordinary client does, at what stands in Redis, and compares it with the market: how long a coin has
// been behind. Takes the instances' memory and handles as well. A thread of its own.
using System.Globalization;
using BybitSpot.Tests.Journeys.Servers;

namespace BybitSpot.Tests.Soak;

internal sealed class SoakReader : IDisposable
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>A coin that is behind for longer while all is healthy is told at once.</summary>
    private static readonly TimeSpan s_told = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_sampleEvery = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly SoakMarket _market;
    private readonly OrdinaryReader _reader;
    private readonly Func<IReadOnlyList<(string Name, int ProcessId)>> _instances;
    private readonly Action<string> _tell;
    private readonly Thread _thread;
    private readonly string[] _names;
    private int[] _standing;
    private TimeSpan? _healthySince;
    private volatile bool _stopping;

    public SoakReader(SoakMarket market, IServers servers, Func<IReadOnlyList<(string Name, int ProcessId)>> instances, Action<string> tell)
    {
        (_market, _instances, _tell) = (market, instances, tell);
        _reader = new OrdinaryReader(servers);
        _names = [.. Enumerable.Range(0, market.Count).Select(SoakMarket.NameOf)];
        _standing = [.. _names.Select(_ => -1)];
        _thread = new Thread(Run) { IsBackground = true, Name = "reader" };
        _thread.Start();
    }

    /// <summary>While all was healthy.</summary>
    public (TimeSpan Time, string Coin) LongestBehind { get; private set; } = (TimeSpan.Zero, "-");

    public long LargestResidentBytes { get; private set; }

    public int MostHandles { get; private set; }

    /// <summary>How often a coin's price was read.</summary>
    public long Reads { get; private set; }

    /// <summary>Whether each coin stands at this step or at a later one.</summary>
    public bool HasReached(int[] steps)
    {
        lock (_gate)
            return !_standing.Where((step, coin) => step < steps[coin]).Any();
    }

    /// <summary>Which do not, for a message.</summary>
    public string Missing(int[] steps)
    {
        lock (_gate)
            return string.Join(", ", _standing.Index().Where(s => s.Item < steps[s.Index]).Take(5).Select(s => $"{_names[s.Index]} is at step {s.Item}, the market was at {steps[s.Index]}"));
    }

    public void BecomesHealthy()
    {
        lock (_gate)
            _healthySince = _market.Now;
    }

    public void BecomesIll()
    {
        lock (_gate)
            _healthySince = null;
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _reader.Dispose();
    }

    private void Run()
    {
        TimeSpan sampledAt = TimeSpan.Zero;
        while (!_stopping)
        {
            Look();
            if (_market.Now - sampledAt >= s_sampleEvery)
            {
                sampledAt = _market.Now;
                Sample();
            }
            Thread.Sleep(LookEvery);
        }
    }

    private void Look()
    {
        // From before the question: what is read is at least as new as what stood then.
        TimeSpan asked = _market.Now;
        string?[] prices = _reader.Prices(_names);
        lock (_gate)
        {
            for (int coin = 0; coin < prices.Length; coin++)
            {
                _standing[coin] = prices[coin] is { } price && SoakMarket.StepOf(coin, price) is { } step ? step : -1;
                Reads++;
                // A look that began before all was well says nothing.
                if (_healthySince is not { } since || asked <= since || _market.BehindAt(coin, _standing[coin], asked) is var behind && behind <= LongestBehind.Time)
                    continue;
                LongestBehind = (behind, $"{_names[coin]}, {asked:hh\\:mm\\:ss} after the start");
                if (behind > s_told)
                    _tell(string.Create(CultureInfo.InvariantCulture, $"{asked:hh\\:mm\\:ss}  {_names[coin]} is {behind.TotalMilliseconds:0} ms behind while all is healthy: it stands at {prices[coin] ?? "nothing"}"));
            }
        }
    }

    private void Sample()
    {
        foreach ((string name, int id) in _instances())
        {
            try
            {
                long resident = long.Parse(File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
                int handles = Directory.GetFileSystemEntries($"/proc/{id}/fd").Length;
                LargestResidentBytes = Math.Max(LargestResidentBytes, resident);
                MostHandles = Math.Max(MostHandles, handles);
                _tell(string.Create(CultureInfo.InvariantCulture, $"{_market.Now:hh\\:mm\\:ss}  {name} (process {id}): {resident / 1e6:0} MB resident, {handles} handles, {ProcessThreadsOf(id)} threads"));
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException)
            {
                // It has just been killed.
            }
        }
    }

    private static int ProcessThreadsOf(int id) => Journeys.ProcessThreads.Of(id).Count();
}
