using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>
/// Plays many cuts of a recording to one built program and a real Redis, each under symbols of its own: what stands behind a
/// cut never comes. All go by one connection in order, behind them a ticker of one more coin: once that stands in Redis, all
/// that came before it has been worked through, and is written or about to be.
/// </summary>
internal static class Replay
{
    /// <summary>The longest part of a recording before a cut that is played.</summary>
    private const int LinesMax = 2_000;

    /// <summary>Their coins' topics fit into one connection.</summary>
    private const int CutsMax = 60;

    private const string Sentinel = "SENTINELUSDT";

    /// <summary>Cuts behind every message that carries a price, or, of a long recording, behind as many as are played, spread over it.</summary>
    public static void EveryCut(Recording recording) => EndRight(recording, recording.PriceLines);

    /// <summary>Cuts behind trades of which no ticker has told yet, spread over the recording.</summary>
    /// <returns>How many cuts were played.</returns>
    public static int CutsBehindTrades(Recording recording) => EndRight(recording, recording.TradesBeforeTheirTicker());

    /// <summary>A recorded line: a ticker in the documented shape.</summary>
    public static string Ticker(string symbol, long cs, long timeMs, string price, double receivedS) => Line(receivedS,
        $$$"""{"topic":"tickers.{{{symbol}}}","ts":{{{timeMs}}},"type":"snapshot","cs":{{{cs}}},"data":{"symbol":"{{{symbol}}}","lastPrice":"{{{price}}}","highPrice24h":"65305.6","lowPrice24h":"64727.9","prevPrice24h":"65045.3","volume24h":"2953.835931","turnover24h":"191907024.69597728","price24hPcnt":"0.0015","usdIndexPrice":"65091.459221"}}""");

    /// <summary>A recorded line of this frame.</summary>
    public static string Line(double receivedS, string frame) =>
        System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { ["dir"] = "in", ["recv_ts"] = 1_786_310_900 + receivedS, ["raw"] = frame });

    // What is on its way when a connection ends never comes; and a machine that stands still for seconds may make the program, or the
    // exchange, end one.
    private static int EndRight(Recording recording, IReadOnlyList<int> behind)
    {
        const int AttemptsMax = 3;
        for (int attempt = 1; ; attempt++)
            if (TryEndRight(recording, behind, mayBeCut: attempt < AttemptsMax) is { } cuts)
                return cuts;
    }

    /// <returns>How many cuts were played; null: the connection was renewed meanwhile.</returns>
    private static int? TryEndRight(Recording recording, IReadOnlyList<int> behind, bool mayBeCut)
    {
        int[] places = behind.Count <= CutsMax ? [.. behind] : [.. Enumerable.Range(0, CutsMax).Select(i => behind[(int)((long)i * (behind.Count - 1) / (CutsMax - 1))])];
        Recording[] cuts = [.. places.Select(place => recording.CutBehind(place, LinesMax))];
        string[] symbols = [.. cuts.SelectMany((cut, i) => cut.Symbols.Select(symbol => Own(symbol, i))), Sentinel];
        using Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["BYBIT_REST_URL"] = "" });
        // What the exchange made up for a first ticker would be newer than any recording.
        journey.Exchange.Faults.NoSnapshot = true;
        journey.Run(flags: "--quiet");
        Assert.True(journey.Exchange.WaitFor(e => e.Connections.Sum(c => c.Topics.Count) >= 2 * symbols.Length, Until.Limit), journey.Bot.ErrorText);
        for (int i = 0; i < cuts.Length; i++)
            foreach ((string topic, string raw) in cuts[i].Frames)
                Play(journey.Exchange, cuts[i], i, topic, raw);
        string last = Ticker(Sentinel, 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), "1", 0);
        journey.Exchange.SendToTopic($"tickers.{Sentinel}", System.Text.Json.JsonDocument.Parse(last).RootElement.GetProperty("raw").GetString()!);
        Until.True("played to the end", () => journey.Redis.Price(Sentinel[..^4]) is not null || WasCut(), state: () => journey.Bot.ErrorText);
        for (int i = 0; i < cuts.Length; i++)
            foreach (string symbol in cuts[i].Symbols)
            {
                string coin = Own(symbol, i)[..^4];
                Until.Equal($"cut behind line {places[i] + 1}: {symbol} in Redis", cuts[i].Newest(symbol),
                    () => WasCut() ? cuts[i].Newest(symbol) : journey.Redis.Price(coin) is { } price ? (price, journey.Redis.Timestamp(coin)!) : null, state: () => journey.Bot.ErrorText);
            }
        Assert.Equal(0, journey.Bot.CountLogs("message_dropped"));
        return WasCut() ? null : cuts.Length;

        bool WasCut() => mayBeCut && journey.Exchange.Connections.Count != 1;
    }

    private static void Play(Exchange exchange, Recording cut, int number, string topic, string raw)
    {
        string symbol = cut.Symbols.First(s => topic.EndsWith('.' + s));
        exchange.SendToTopic(topic.Replace(symbol, Own(symbol, number)), raw.Replace(symbol, Own(symbol, number)), wait: true);
    }

    // BTCUSDT of the eighth cut is played as B7TCUSDT.
    private static string Own(string symbol, int number) => $"{symbol[0]}{number}{symbol[1..]}";
}
