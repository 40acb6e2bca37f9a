using System.Globalization;
using System.Text;

namespace BybitSpot.Simulator;

// What a script may say: one table that parses, explains a wrong line, and is the help. Pure but for what the actions do.
internal static class ScriptActions
{
    private const int DelayMaxMs = 600_000;

    /// <summary>As long as past prices are kept.</summary>
    private const int RestLateMaxMs = 120_000;

    /// <summary>A day and more: beyond what a client may believe.</summary>
    private const int ClockOffMaxMs = 200_000_000;

    private static readonly Rule[] _rules =
    [
        new("close", "[code]", ", the code from 1000 to 4999", "end every connection with a close frame, with or without a code", 0, 1, words => words switch
        {
            [] => exchange => exchange.CloseAll(null),
            [var code] when Number(code, 1000, 4999) is { } status => exchange => exchange.CloseAll((ushort)status),
            _ => null,
        }),
        new("fin", "", "", "end every connection with a bare FIN", 0, 0, _ => exchange => exchange.FinAll()),
        new("reset", "", "", "end every connection with a RST", 0, 0, _ => exchange => exchange.ResetAll()),
        new("end", "N [close|fin|reset]", ", N from 1", "end one connection, the Nth that asked for an upgrade", 1, 2, words =>
            Number(words[0], 1, int.MaxValue) is { } number && HangUpOf(words.ElementAtOrDefault(1)) is { } ending
                ? exchange => Possible(exchange.End(number, ending), "no such connection is open") : null),
        new("garbage", "", "", "send every connection bytes that are no frame", 0, 0, _ => exchange => exchange.BroadcastBytes(RawFrames.Garbage())),
        OnOff("silence", "send nothing at all; sockets stay open", (faults, on) => faults.Silent = on),
        new("silence", "TOPIC on|off", "", "one topic goes silent; its price moves on, REST shows it", 2, 2, words =>
            Topic.HasKnownKind(words[0]) && Switch(words[1]) is { } on ? exchange => exchange.Faults.Silence(words[0], on) : null),
        OnOff("mute", "send no data; pings and subscribes are answered", (faults, on) => faults.Mute = on),
        new("deaden", "TOPIC resubscribe|reconnect", "", "the topic dies on every open connection, until it is subscribed to anew, or until a new connection", 2, 2, words =>
            Topic.HasKnownKind(words[0]) && HealedByOf(words[1]) is { } healedBy ? exchange => exchange.Deaden(words[0], healedBy) : null),
        OnOff("noack", "swallow subscribe requests", (faults, on) => faults.NoAck = on),
        OnOff("nopong", "answer no ping", (faults, on) => faults.NoPong = on),
        OnOff("fragments", "every frame in one-byte fragments", (faults, on) => faults.Fragments = on),
        new("refuse", "SYMBOL on|off", "", "refuse new subscriptions to the symbol", 2, 2, words =>
            Switch(words[1]) is { } on ? exchange => exchange.Faults.Refuse(words[0], on) : null),
        new("busy", "on|off [WORD...]", "", "refuse every subscribe, with these words or \"system busy\"", 1, 20, words =>
            Switch(words[0]) is { } on ? exchange => exchange.Faults.SubscribeRefusal = !on ? null : words.Length > 1 ? string.Join(' ', words[1..]) : "system busy" : null),
        new("unpriced", "SYMBOL JSON|off", "", "the symbol's tickers have this for lastPrice, such as \"0\" with its quotes", 2, 2, words =>
            IsSymbol(words[0]) ? exchange => exchange.Faults.LastPrice(words[0], words[1] == "off" ? null : words[1]) : null),
        new("delay", "tickers|publicTrade|orderbook|TOPIC MS", $", at most {DelayMaxMs}", "frames of this kind, or of this topic, come so late", 2, 2, words => (words[0], Number(words[1], 0, DelayMaxMs)) switch
        {
            ("tickers", { } ms) => exchange => exchange.Faults.TickerDelayMs = ms,
            ("publicTrade", { } ms) => exchange => exchange.Faults.TradeDelayMs = ms,
            ("orderbook", { } ms) => exchange => exchange.Faults.BookDelayMs = ms,
            (var topic, { } ms) when Topic.HasKnownKind(topic) => exchange => exchange.Faults.Delay(topic, ms),
            _ => null,
        }),
        new("queue", "MS [MS_PER_S]", $", each at most {DelayMaxMs}", "all data stands in a queue so long, growing so much a second; 0: it empties in order", 1, 2, words =>
            Number(words[0], 0, DelayMaxMs) is { } ms && Number(words.ElementAtOrDefault(1) ?? "0", 0, DelayMaxMs) is { } growthMsPerS
                ? exchange => (exchange.Faults.QueueMs, exchange.Faults.QueueGrowthMsPerS) = (ms, growthMsPerS) : null),
        new("clock", "MS", $", from -{ClockOffMaxMs} to {ClockOffMaxMs}", "the exchange's clock is off by so much, in frames and REST", 1, 1, words =>
            Offset(words[0]) is { } ms ? exchange => exchange.Faults.ClockOffsetMs = ms : null),
        new("latency", "MS", $", at most {DelayMaxMs}", "each write to a connection waits so long first; 0: not", 1, 1, words =>
            Number(words[0], 0, DelayMaxMs) is { } ms ? exchange => exchange.Faults.LatencyMs = ms : null),
        new("status", "CODE|off", ", the code from 200 to 599", "answer upgrades with this HTTP status", 1, 1, words =>
            words[0] == "off" ? exchange => exchange.Faults.UpgradeStatus = null
            : Number(words[0], 200, 599) is { } status ? exchange => exchange.Faults.UpgradeStatus = status : null),
        new("rest", "status CODE | retcode N | late MS | hang | empty | stand | off", ", the code from 200 to 599", "REST answers this status, this retCode, tickers of so long ago (two minutes at most), never, empty lists, tickers that stand still, or rightly again", 1, 2, words => words switch
        {
            ["status", var code] when Number(code, 200, 599) is { } status => exchange => exchange.Faults.RestStatus = status,
            ["retcode", var code] when Number(code, 1, int.MaxValue) is { } retCode => exchange => exchange.Faults.RestRetCode = retCode,
            ["late", var ago] when Number(ago, 0, RestLateMaxMs) is { } ms => exchange => exchange.Faults.RestLateMs = ms,
            ["hang"] => exchange => exchange.Faults.RestHang = true,
            ["empty"] => exchange => exchange.Faults.RestEmptyList = true,
            ["stand"] => exchange => exchange.Faults.RestTickersStandStill = true,
            ["off"] => exchange =>
            {
                exchange.Faults.RestStatus = exchange.Faults.RestRetCode = null;
                exchange.Faults.RestLateMs = 0;
                exchange.Faults.RestHang = exchange.Faults.RestEmptyList = exchange.Faults.RestTickersStandStill = false;
            },
            _ => null,
        }),
        new("rest", "price SYMBOL PRICE|off", "", "REST's tickers show this price for the symbol, or the true one again", 3, 3, words => words switch
        {
            ["price", var symbol, "off"] => exchange => exchange.Faults.RestPrice(symbol, null),
            ["price", var symbol, var price] when IsPrice(price) => exchange => exchange.Faults.RestPrice(symbol, price),
            _ => null,
        }),
        new("list", "SYMBOL [PRICE]", "", "list a symbol, or list it anew; its price walks", 1, 2, words =>
            IsSymbol(words[0]) && words.ElementAtOrDefault(1) is var price && (price is null || IsPrice(price)) ? exchange => exchange.List(words[0], price) : null) { MovesMarket = true },
        new("delist", "SYMBOL", "", "gone from REST, its topics silent, new subscriptions refused", 1, 1, words =>
            exchange => Listed(exchange, words[0], () => exchange.Delist(words[0]))) { MovesMarket = true },
        new("trade", "SYMBOL PRICE", "", "one trade; the walk goes on from its price", 2, 2, words =>
            IsPrice(words[1]) ? exchange => Listed(exchange, words[0], () => exchange.Trade(words[0], words[1])) : null) { MovesMarket = true },
        new("book", "SYMBOL BID|none ASK|none", "", "its best bid and ask, until the next trade", 3, 3, words =>
            words[1..].All(word => word == "none" || IsPrice(word)) ? exchange => Listed(exchange, words[0], () => Book(exchange, words[0], words[1], words[2])) : null) { MovesMarket = true },
        new("holdbook", "SYMBOL on|off", "", "its best bid and ask stay where they are, whatever trades", 2, 2, words =>
            IsSymbol(words[0]) && Switch(words[1]) is { } on ? exchange => exchange.Faults.HoldBook(words[0], on) : null) { MovesMarket = true },
        new("resequence", "SYMBOL", "", "its sequence starts anew from 1", 1, 1, words =>
            exchange => Listed(exchange, words[0], () => exchange.ResetSequence(words[0]))) { MovesMarket = true },
        new("burst", "SYMBOL N", $", N from 1 to {Exchange.BurstTradesMax}", "so many trades at once, many in a frame", 2, 2, words =>
            Number(words[1], 1, Exchange.BurstTradesMax) is { } trades ? exchange => Listed(exchange, words[0], () => exchange.Burst(words[0], trades)) : null) { MovesMarket = true },
    ];

    public static string Help { get; } = Explain();

    /// <summary>What to do, or what is wrong with the line.</summary>
    public static (Action<Exchange>? Act, bool MovesMarket, string Wrong) Find(string word, string[] arguments)
    {
        Rule[] named = [.. _rules.Where(rule => rule.Word == word)];
        if (named.Length == 0) return (null, false, $"unknown action \"{word}\"");
        var fitting = named.FirstOrDefault(rule => arguments.Length >= rule.ArgumentsMin && arguments.Length <= rule.ArgumentsMax);
        return fitting?.Parse(arguments) is { } act ? (act, fitting.MovesMarket, "") : (null, false, (fitting ?? named[0]).Expected);
    }

    private static string Explain()
    {
        var help = new StringBuilder()
            .Append("A script: one action a line, \"<seconds> <action>\", seconds since the start;\n# begins a comment.\n\n");
        foreach (var rule in _rules) help.Append(CultureInfo.InvariantCulture, $"  {rule.Usage}\n{Wrapped(rule.Meaning + rule.Limit)}");
        return help.Append("\nlist, delist, trade, book, holdbook, resequence and burst need made-up prices:\nthey can't be told to a recording.\n")
            .Append("\nExample:\n  5 silence tickers.BTCUSDT on\n  20 silence tickers.BTCUSDT off\n  30 delist LTCUSDT   # and back\n  60 list LTCUSDT 85.10\n").ToString();
    }

    /// <summary>Indented, and broken at spaces where a terminal would break it anywhere.</summary>
    private static string Wrapped(string text)
    {
        const string Indent = "      ";
        const int WidthMax = 80;
        var lines = new StringBuilder();
        var line = Indent;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > Indent.Length && line.Length + 1 + word.Length > WidthMax)
            {
                lines.Append(line).Append('\n');
                line = Indent;
            }
            line += (line.Length > Indent.Length ? " " : "") + word;
        }
        return lines.Append(line).Append('\n').ToString();
    }

    private static Rule OnOff(string word, string meaning, Action<ExchangeFaults, bool> set) =>
        new(word, "on|off", "", meaning, 1, 1, words => Switch(words[0]) is { } on ? exchange => set(exchange.Faults, on) : null);

    private static void Listed(Exchange exchange, string symbol, Action act)
    {
        lock (exchange.Gate)
        {
            Possible(exchange.Venue.Knows("tickers." + symbol), $"{symbol} is not listed");
            act();
        }
    }

    private static void Book(Exchange exchange, string symbol, string bid, string ask)
    {
        Possible(exchange.Venue.Knows(Topic.BestBook + symbol), $"{symbol} has no book before it trades");
        var (bidPrice, askPrice) = (bid == "none" ? null : bid, ask == "none" ? null : ask);
        exchange.Book(symbol, bidPrice, bidPrice is null ? null : "1", askPrice, askPrice is null ? null : "1");
    }

    private static void Possible(bool done, string otherwise)
    {
        if (!done) throw new ImpossibleNowException(otherwise);
    }

    private static int? Number(string word, int min, int max) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null;

    private static bool? Switch(string word) => word switch { "on" => true, "off" => false, _ => null };

    private static int? Offset(string word) =>
        int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value is >= -ClockOffMaxMs and <= ClockOffMaxMs ? value : null;

    private static HealedBy? HealedByOf(string word) => word switch { "resubscribe" => HealedBy.Resubscription, "reconnect" => HealedBy.Reconnection, _ => null };

    private static HangUp? HangUpOf(string? word) => word switch { null or "close" => HangUp.CloseFrame, "fin" => HangUp.Fin, "reset" => HangUp.Reset, _ => null };

    private static bool IsSymbol(string word) => word.Length is >= 2 and <= 40 && word.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));

    /// <summary>At most 13 digits on either side and 17 in all: what fits the walk's integers.</summary>
    private static bool IsPrice(string word)
    {
        var parts = word.Split('.');
        return parts.Length <= 2 && parts.All(part => part.Length is > 0 and <= 13 && part.All(char.IsAsciiDigit))
            && word.Length <= 18 && word.Any(c => c is >= '1' and <= '9');
    }

    private sealed record Rule(string Word, string Shape, string Limit, string Meaning, int ArgumentsMin, int ArgumentsMax, Func<string[], Action<Exchange>?> Parse)
    {
        public bool MovesMarket { get; init; }

        public string Usage => Shape.Length == 0 ? Word : $"{Word} {Shape}";

        public string Expected => Shape.Length == 0 ? $"expected: {Word}, and nothing behind it" : $"expected: {Usage}{Limit}";
    }
}
