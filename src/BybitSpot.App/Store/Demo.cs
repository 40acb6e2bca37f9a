// `--demo`: a made-up exchange, the embedded store and the bot in one process, to be seen at once and without a network. What
// must stay true: whatever is configured, it connects to nobody but itself, and no Redis but its own is written to.
using BybitSpot.Simulator;

namespace BybitSpot.App;

internal sealed class Demo : IDisposable
{
    /// <summary>The same prices in the same order each time.</summary>
    private const ulong Seed = 1;

    /// <summary>The best known ones, all that this exchange lists.</summary>
    private const int Coins = 10;

    /// <summary>What takes the place of a setting's source in messages.</summary>
    public const string Source = "--demo";

    /// <summary>Every coin that this exchange lists.</summary>
    public static byte[] CoinsFile => """{"coins":["*"]}"""u8.ToArray();

    private readonly CancellationTokenSource _stop = new();
    private readonly Exchange _exchange = Exchange.Start();
    private readonly Walk _walk;

    public Demo()
    {
        WalkPlan plan = WalkPlan.Of(Coins, messagesPerSecond: null);
        foreach (string symbol in plan.Lively)
            _exchange.List(symbol);
        _walk = new Walk(_exchange, plan, Seed, speed: 1);
    }

    /// <summary>What a setting is in a demo, whatever else says something about it; false: it is the user's.</summary>
    public bool TryPin(Setting setting, out string? text)
    {
        text = setting.Name switch
        {
            "BYBIT_WS_URL" => _exchange.StreamUrl,
            "BYBIT_REST_URL" => _exchange.RestUrl,
            SettingsTable.CoinsFile => "the demo's own list",
            SettingsTable.RedisEmbedded => "always",
            _ => setting.Default,
        };
        return setting.Name is "BYBIT_WS_URL" or "BYBIT_REST_URL" or "HTTPS_PROXY" or SettingsTable.CoinsFile or SettingsTable.Quotes or "SHARD"
            || setting.Name.StartsWith("REDIS_", StringComparison.Ordinal);
    }

    /// <summary>Lets the prices walk until it is disposed of.</summary>
    public void Start(Action<string, Exception> died) =>
        _ = Task.Run(async () =>
        {
            try
            {
                await _walk.RunAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Stopped as asked.
            }
            catch (Exception fault)
            {
                died("walk", fault);
            }
        });

    public void Dispose()
    {
        _stop.Cancel();
        _exchange.Dispose();
    }
}
