// The market of a soak, and the truth about it: which price each coin had when, and which price was shown with which time. Prices
// only rise, by one a trade, and have the coin's number behind the point: so a price tells its coin and its step, an older price is a
// smaller one, and another coin's price is one that never was. One thread trades; the simulator's threads tell what it shows, and that
// counts the frames: what a program that loses none has decoded, of each connection that was subscribed all the time.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Soak;

internal sealed class SoakMarket : IDisposable
{
    private const int FirstPrice = 1_000;

    /// <summary>So many steps back it is known with which times a price was shown.</summary>
    private const int StepsKept = 300;

    private readonly Lock _gate = new();
    private readonly Exchange _exchange;
    private readonly string _quote;
    private readonly Coin[] _coins;
    private readonly Random _random;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly int _perSecond;
    private readonly Thread _thread;
    private long _tradeFrames, _tickerFrames;
    private volatile bool _stopping, _atRest;

    private sealed class Coin
    {
        public int TradesSent;
        public readonly List<TimeSpan> MadeAt = [];
        public readonly Dictionary<int, List<long>> Shown = [];
    }

    /// <summary>Lists the coins; before the exchange has its first client.</summary>
    public SoakMarket(Exchange exchange, int coins, int perSecond, int seed)
    {
        (_exchange, _perSecond, _random) = (exchange, perSecond, new Random(seed));
        _quote = exchange.Options.Market == "inverse" ? "USD" : "USDT";
        _coins = [.. Enumerable.Range(0, coins).Select(_ => new Coin())];
        exchange.Sent = FrameSent;
        exchange.Answered = RestAnswered;
        for (int i = 0; i < coins; i++)
        {
            _coins[i].MadeAt.Add(Now);
            exchange.List(SymbolOf(i), NameOf(i), _quote, "0.001", PriceOf(i, 0));
        }
        _thread = new Thread(Trade) { IsBackground = true, Name = "market" };
    }

    public int Count => _coins.Length;

    public TimeSpan Now => Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>While this is set nobody trades.</summary>
    public bool IsAtRest { get => _atRest; set => _atRest = value; }

    /// <summary>Frames of trades and of tickers that had subscribers, one for however many.</summary>
    public (long Trades, long Tickers) FramesSent => (Interlocked.Read(ref _tradeFrames), Interlocked.Read(ref _tickerFrames));

    public static string NameOf(int coin) => string.Create(CultureInfo.InvariantCulture, $"C{coin:000}");

    public string SymbolOf(int coin) => NameOf(coin) + _quote;

    /// <summary>Where its price stands in Redis.</summary>
    public string KeyOf(int coin) => _exchange.Options.Market switch
    {
        "spot" => "bybit_spot:" + NameOf(coin),
        "linear" => "bybit_futures:" + NameOf(coin),
        _ => "bybit_futures:" + SymbolOf(coin),
    };

    public static string PriceOf(int coin, int step) => string.Create(CultureInfo.InvariantCulture, $"{FirstPrice + step}.{coin:000}");

    /// <summary>Which step of a coin's a price is; null if it cannot be one.</summary>
    public static int? StepOf(int coin, string price) =>
        price.Split('.') is [var whole, var fraction] && int.TryParse(whole, CultureInfo.InvariantCulture, out int number) && number >= FirstPrice && PriceOf(coin, number - FirstPrice) == price
            ? number - FirstPrice : null;

    /// <summary>A coin's number by its key in Redis; null: none of ours.</summary>
    public int? FindKey(string key) => key.IndexOf(":C", StringComparison.Ordinal) is > 0 and var at && Find(key.AsSpan(at + 1)) is { } coin && KeyOf(coin) == key ? coin : null;

    public void Start() => _thread.Start();

    /// <summary>How many trades of each coin had subscribers.</summary>
    public int[] TradesSent()
    {
        lock (_gate)
            return [.. _coins.Select(c => c.TradesSent)];
    }

    /// <summary>The steps of all coins as they are now.</summary>
    public int[] Newest()
    {
        lock (_gate)
            return [.. _coins.Select(c => c.MadeAt.Count - 1)];
    }

    /// <summary>For how long a coin has had a newer price than this step; zero: it has none.</summary>
    public TimeSpan BehindAt(int coin, int step, TimeSpan now)
    {
        lock (_gate)
            return step + 1 < _coins[coin].MadeAt.Count && now > _coins[coin].MadeAt[step + 1] ? now - _coins[coin].MadeAt[step + 1] : TimeSpan.Zero;
    }

    /// <summary>Whether the exchange has shown that price with that time.</summary>
    public bool WasShown(int coin, int step, long timeMs)
    {
        lock (_gate)
            return _coins[coin].Shown.TryGetValue(step, out List<long>? times) && times.Contains(timeMs);
    }

    /// <summary>The exchange shows a price with a time, in whatever way.</summary>
    public void Show(string symbol, string price, long timeMs)
    {
        if (Find(symbol) is not { } coin || StepOf(coin, price) is not { } step)
            return;
        lock (_gate)
        {
            Dictionary<int, List<long>> shown = _coins[coin].Shown;
            if (!shown.TryGetValue(step, out List<long>? times))
            {
                shown.Add(step, times = []);
                shown.Remove(step - StepsKept);
            }
            if (!times.Contains(timeMs))
                times.Add(timeMs);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Trade()
    {
        double owed = 0;
        for (TimeSpan last = Now; !_stopping; Thread.Sleep(5))
        {
            TimeSpan now = Now;
            // After a stall of this machine it goes on, and does not catch up by a burst.
            owed = _atRest ? 0 : Math.Min(owed + (now - last).TotalSeconds * _perSecond, _perSecond / 10.0);
            last = now;
            for (; owed >= 1; owed--)
                TradeOne(_random.Next(Count));
        }
    }

    // By the beginning of a name or of a symbol.
    private int? Find(ReadOnlySpan<char> name) => name.Length >= 4 && int.TryParse(name[1..4], CultureInfo.InvariantCulture, out int coin) && coin < Count ? coin : null;

    private void TradeOne(int coin)
    {
        int step;
        lock (_gate)
        {
            step = _coins[coin].MadeAt.Count;
            _coins[coin].MadeAt.Add(Now);
        }
        _exchange.Trade(SymbolOf(coin), PriceOf(coin, step));
    }

    private void FrameSent(string topic, ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement, data = root.GetProperty("data");
        Interlocked.Increment(ref data.ValueKind == JsonValueKind.Array ? ref _tradeFrames : ref _tickerFrames);
        if (data.ValueKind != JsonValueKind.Array)
        {
            Show(data.GetProperty("symbol").GetString()!, data.GetProperty("lastPrice").GetString()!, root.GetProperty("ts").GetInt64());
            return;
        }
        foreach (JsonElement trade in data.EnumerateArray())
        {
            string symbol = trade.GetProperty("s").GetString()!;
            Show(symbol, trade.GetProperty("p").GetString()!, trade.GetProperty("T").GetInt64());
            lock (_gate)
                _coins[Find(symbol)!.Value].TradesSent++;
        }
    }

    private void RestAnswered(string target, string body)
    {
        if (!target.StartsWith("/v5/market/tickers", StringComparison.Ordinal))
            return;
        using JsonDocument document = JsonDocument.Parse(body);
        if (document.RootElement.GetProperty("result").TryGetProperty("list", out JsonElement list))
            foreach (JsonElement ticker in list.EnumerateArray())
                Show(ticker.GetProperty("symbol").GetString()!, ticker.GetProperty("lastPrice").GetString()!, document.RootElement.GetProperty("time").GetInt64());
    }
}
