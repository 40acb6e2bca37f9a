using System.Globalization;

namespace BybitSpot.Simulator;

// One listed symbol and its last day, as far as payloads show it. Prices are kept as the text they were given in (a test may
// give bad ones); high, low and sums follow only texts that are decimals. Used under the exchange's gate.
internal sealed class Listing
{
    /// <summary>Prices of before are known for so long.</summary>
    private static readonly TimeSpan _pastKept = TimeSpan.FromMinutes(2);

    private readonly Func<TimeSpan>? _now;
    private readonly Queue<(TimeSpan Until, string Price)> _past = new();
    private string _price;
    private decimal _high;
    private decimal _low;
    private decimal _volume;
    private decimal _turnover;

    public Listing(string symbol, string baseCoin, string quoteCoin, string tickSize, string price, long firstSeq, Func<TimeSpan>? now = null)
    {
        _now = now;
        _price = price;
        if (!TickSize.TryParse(tickSize, out var step)) throw new ArgumentException($"no tick size: {tickSize}", nameof(tickSize));
        Symbol = symbol;
        BaseCoin = baseCoin;
        QuoteCoin = quoteCoin;
        TickSizeText = tickSize;
        Step = step;
        PreviousDay = UsdIndex = price;
        Seq = Cs = firstSeq;
        TickerTopic = "tickers." + symbol;
        TradeTopic = "publicTrade." + symbol;
        Book = new TopOfBook(symbol, step, firstSeq / 1000);
        _high = _low = AsDecimal(price) ?? 0;
    }

    public string Symbol { get; }

    public string BaseCoin { get; }

    public string QuoteCoin { get; }

    public string TickSizeText { get; }

    /// <summary>As REST names it: Trading, or PreLaunch.</summary>
    public string Status { get; init; } = ListedSymbol.Trading;

    public TickSize Step { get; }

    public string TickerTopic { get; }

    public string TradeTopic { get; }

    public TopOfBook Book { get; }

    /// <summary>What is listed before it trades has none.</summary>
    public bool HasBook => Status == ListedSymbol.Trading;

    /// <summary>The last trade's.</summary>
    public string Price
    {
        get => _price;
        private set
        {
            if (_now is not null)
            {
                while (_past.TryPeek(out var oldest) && oldest.Until < _now() - _pastKept) _past.Dequeue();
                _past.Enqueue((_now(), _price));
            }
            _price = value;
        }
    }

    /// <summary>The price that stood at a moment of the last minutes.</summary>
    public string PriceAt(TimeSpan at)
    {
        foreach (var (until, price) in _past)
            if (until > at) return price;
        return Price;
    }

    /// <summary>The last trade's seq, of trades that leave the ticker alone too.</summary>
    public long Seq { get; set; }

    /// <summary>The ticker's cs: the seq of the trade that <see cref="Price"/> is of.</summary>
    public long Cs { get; private set; }

    /// <summary>Counts up with every trade; part of a trade's id.</summary>
    public long TradeNumber { get; set; } = 2_280_000_000_000_000_000;

    public string UsdIndex { get; set; }

    public string PreviousDay { get; }

    public TimeSpan? LastTickerAt { get; set; }

    /// <summary>A ticker waits on the agenda; it will show whatever is true then.</summary>
    public bool TickerWaits { get; set; }

    /// <summary>The price in the newest ticker sent: on linear a delta leaves an unchanged price out.</summary>
    public string? PublishedPrice { get; set; }

    /// <summary>The same of the day's volume, which changes with every trade.</summary>
    public string? PublishedVolume { get; set; }

    public string High => _high.ToString(CultureInfo.InvariantCulture);

    public string Low => _low.ToString(CultureInfo.InvariantCulture);

    public string Volume => _volume.ToString(CultureInfo.InvariantCulture);

    public string Turnover => _turnover.ToString(CultureInfo.InvariantCulture);

    public string Change24h
    {
        get
        {
            if (AsDecimal(PreviousDay) is not { } then || then == 0 || AsDecimal(Price) is not { } now) return "0";
            return Math.Round((now - then) / then, 4).ToString("0.####", CultureInfo.InvariantCulture);
        }
    }

    public void Traded(string price, string size)
    {
        Price = price;
        if (AsDecimal(price) is not { } value || AsDecimal(size) is not { } amount) return;
        _high = Math.Max(_high, value);
        _low = Math.Min(_low, value);
        _volume += amount;
        _turnover += Math.Round(value * amount, 8);
    }

    /// <summary>The newest trade moved the ticker.</summary>
    public void ShowTrade() => Cs = Seq;

    /// <summary>The newest trade leaves the ticker alone: it goes on showing the price and the cs from before.</summary>
    public void HideTrade(string priceBefore, long seqBefore)
    {
        Price = priceBefore;
        Seq = Math.Max(seqBefore, Seq);
    }

    /// <summary>Derivatives: the order book moved, and what moves it counts in the same sequence as trades.</summary>
    public void BookMoved()
    {
        // A trade that leaves the ticker alone is not in it either.
        if (Cs == Seq) Cs = ++Seq;
    }

    /// <summary>A ticker that a test makes up.</summary>
    public void MakeUp(string price, long? cs)
    {
        Price = price;
        if (cs is { } given) Seq = Cs = given;
    }

    private static decimal? AsDecimal(string text) =>
        text.Length <= 24 && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value < 1e12m ? value : null;
}
