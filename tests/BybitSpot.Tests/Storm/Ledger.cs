// What the exchange's prices were and what it showed of them, for each coin, in order. Makes up the prices as well, so that
// none ever comes twice: a price tells its coin and how many came before it, and "goes back" is a number growing smaller.
// The market's thread asks for prices, the simulator tells of frames; one lock.
using System.Globalization;
using System.Text.Json;

namespace BybitSpot.Tests.Storm;

internal sealed class Ledger(IReadOnlyList<string> coins, Account account)
{
    /// <summary>Frames kept for being sent again.</summary>
    public const int FramesKeptMax = 3_000;

    public const string Quote = "USDT";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _index = coins.Select((coin, i) => (coin, i)).ToDictionary(p => p.coin, p => p.i);
    private readonly int[] _steps = new int[coins.Count];
    private readonly HashSet<(int Coin, string Price, long TimeMs)> _shown = [];
    private readonly List<SentFrame> _frames = new(FramesKeptMax);
    private int _framesEver;

    /// <summary>
    /// The price of a step: up and down in turn, further each time, so that an older price is no smaller than a newer one by
    /// rule; the coin's own number in the fraction, so that another coin's price is a price that never was.
    /// </summary>
    public static string PriceOf(int coin, int step)
    {
        int whole = 500_000 + (step % 2 == 0 ? step / 2 : -(step + 1) / 2);
        return string.Create(CultureInfo.InvariantCulture, $"{whole}.{coin:00}");
    }

    /// <summary>A price in the coin's form that the exchange never had.</summary>
    public static string NeverPrice(int coin, int number) => string.Create(CultureInfo.InvariantCulture, $"{900_000 + number}.{coin:00}");

    /// <summary>The coin's first price, before any trade.</summary>
    public string First(string coin)
    {
        Move(coin, 0);
        return PriceOf(_index[coin], 0);
    }

    /// <summary>The coin's next price; from now on it is the newest.</summary>
    public string Next(string coin)
    {
        int step;
        lock (_gate)
            step = ++_steps[_index[coin]];
        Move(coin, step);
        return PriceOf(_index[coin], step);
    }

    /// <summary>The coin's last price at the exchange.</summary>
    public string Newest(string coin)
    {
        lock (_gate)
            return PriceOf(_index[coin], _steps[_index[coin]]);
    }

    /// <summary>A data frame goes out. Block trades and RPI ones move no price, so nobody may show them.</summary>
    public void FrameSent(string topic, ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement, data = root.GetProperty("data");
        string? newest = null;
        if (data.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement trade in data.EnumerateArray())
                if (!trade.GetProperty("BT").GetBoolean() && !trade.GetProperty("RPI").GetBoolean())
                    Show(trade.GetProperty("s").GetString()!, newest = trade.GetProperty("p").GetString()!, trade.GetProperty("T").GetInt64(), "trade");
        }
        else
        {
            Show(data.GetProperty("symbol").GetString()!, newest = data.GetProperty("lastPrice").GetString()!, root.GetProperty("ts").GetInt64(), "ticker");
        }
        if (newest is not null)
            Keep(new SentFrame(topic, utf8.ToArray(), topic[(topic.LastIndexOf('.') + 1)..^Quote.Length], newest));
    }

    /// <summary>A REST answer goes out.</summary>
    public void RestAnswered(string target, string body)
    {
        if (!target.StartsWith("/v5/market/tickers", StringComparison.Ordinal))
            return;
        using JsonDocument document = JsonDocument.Parse(body);
        if (!document.RootElement.GetProperty("result").TryGetProperty("list", out JsonElement list))
            return;
        long timeMs = document.RootElement.GetProperty("time").GetInt64();
        foreach (JsonElement ticker in list.EnumerateArray())
            Show(ticker.GetProperty("symbol").GetString()!, ticker.GetProperty("lastPrice").GetString()!, timeMs, "rest");
    }

    /// <summary>Some frame of those sent whose price is no longer the coin's newest, or null.</summary>
    public SentFrame? OldFrame(Random random)
    {
        lock (_gate)
        {
            if (_frames.Count == 0)
                return null;
            SentFrame frame = _frames[random.Next(_frames.Count)];
            int coin = _index[frame.Coin];
            return frame.Price == PriceOf(coin, _steps[coin]) ? null : frame;
        }
    }

    private void Move(string coin, int step) => account.Add(new Moved(account.Now, coin, step, PriceOf(_index[coin], step)));

    private void Show(string symbol, string price, long timeMs, string by)
    {
        if (!symbol.EndsWith(Quote, StringComparison.Ordinal) || !_index.TryGetValue(symbol[..^Quote.Length], out int coin))
            return;
        lock (_gate)
            if (!_shown.Add((coin, price, timeMs)))
                return;
        account.Add(new Shown(account.Now, coins[coin], price, timeMs, by));
    }

    private void Keep(SentFrame frame)
    {
        lock (_gate)
        {
            if (_frames.Count < FramesKeptMax)
                _frames.Add(frame);
            else
                _frames[_framesEver % FramesKeptMax] = frame;
            _framesEver++;
        }
    }
}

/// <summary>A data frame that the exchange has sent.</summary>
internal sealed record SentFrame(string Topic, byte[] Bytes, string Coin, string Price);
