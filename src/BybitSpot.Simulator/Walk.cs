namespace BybitSpot.Simulator;

// Ten coins whose prices walk: each step one coin, one trade one to three ticks away from its last price. The seed alone
// decides coins, steps and sizes, so two runs show the same prices in the same order; only the clock times differ.
internal sealed class Walk(Exchange exchange, ulong seed, double speed)
{
    /// <summary>About twenty trades a second over all coins, as lively as a quiet day.</summary>
    private static readonly TimeSpan _stepEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>A liquid coin's ticker comes about once a second even when only its USD index moves.</summary>
    private const int StepsPerIndexPush = 20;

    // Tick sizes as the exchange lists them; prices are where the walk starts.
    private static readonly (string Coin, string TickSize, string Price)[] _coins =
    [
        ("BTC", "0.1", "65000"), ("ETH", "0.01", "1920"), ("SOL", "0.01", "140"), ("BNB", "0.1", "610"), ("XRP", "0.0001", "2.15"),
        ("DOGE", "0.00001", "0.165"), ("ADA", "0.0001", "0.58"), ("AVAX", "0.001", "18.2"), ("LINK", "0.001", "13.4"), ("LTC", "0.01", "84.5"),
    ];

    private ulong _state = seed;

    private readonly long[] _ticks = new long[_coins.Length];
    private readonly TickSize[] _sizes = new TickSize[_coins.Length];

    /// <summary>Lists the coins, so that they are there before anybody is told the address.</summary>
    public Walk List()
    {
        for (var i = 0; i < _coins.Length; i++)
        {
            var (coin, tickSize, price) = _coins[i];
            exchange.List(coin + "USDT", coin, "USDT", tickSize, price);
            if (!TickSize.TryParse(tickSize, out _sizes[i]) || !_sizes[i].TryTicks(price, out _ticks[i])) throw new InvalidOperationException(coin);
        }
        return this;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        // Speed 0 has no meaning for a walk without an end: it would only burn the processor.
        var every = speed > 0 ? TimeSpan.FromTicks(Math.Max((long)(_stepEvery.Ticks / speed), TimeSpan.TicksPerMillisecond)) : _stepEvery;
        for (var step = 1; ; step++)
        {
            await Task.Delay(every, exchange.Clock, stop).ConfigureAwait(false);
            var i = (int)(Next() % (ulong)_coins.Length);
            var away = (long)(Next() % 3) + 1;
            _ticks[i] = Math.Max(1, Next() % 2 == 0 ? _ticks[i] + away : _ticks[i] - away);
            exchange.Trade(_coins[i].Coin + "USDT", _sizes[i].Format(_ticks[i]), size: $"0.{Next() % 900 + 100}");
            if (step % StepsPerIndexPush == 0) exchange.MoveIndex("BTCUSDT");
        }
    }

    /// <summary>SplitMix64: the same numbers on every machine and version, which System.Random doesn't promise.</summary>
    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
