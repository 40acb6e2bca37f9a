// /status, /prices and /events: what is shown of the feed, for programs. Any thread of the pool. What must stay true: however often
// all prices are asked for, they are written at most ten times a second.

namespace BybitSpot.App;

internal sealed class BoardAnswers(BoardOfBridge board, EventHub hub, TimeProvider time)
{
    private static readonly TimeSpan s_pricesKept = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_comeAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Answer? _prices;
    private long _pricesMadeAt;

    /// <returns>Null: it is none of these.</returns>
    public Answer? Ask(Question question) => question.Path switch
    {
        "/status" => Answer.Json(200, json => BoardJson.Write(json, board.Status())),
        "/prices" => Prices(),
        "/events" => Events(question),
        _ when question.Path.StartsWith("/prices/", StringComparison.Ordinal) => PriceOf(question.Path["/prices/".Length..]),
        _ => null,
    };

    private Answer Prices()
    {
        lock (_gate)
        {
            if (_prices is null || time.GetElapsedTime(_pricesMadeAt) > s_pricesKept)
            {
                _pricesMadeAt = time.GetTimestamp();
                CoinStanding[] coins = board.Standings(out TimeSpan ago);
                _prices = Answer.Json(200, json =>
                {
                    json.WriteStartObject();
                    json.WriteString("time", BoardJson.TimeText(time.GetUtcNow()));
                    json.WriteString("market", board.Market);
                    json.WriteStartArray("coins");
                    foreach (CoinStanding coin in coins)
                        BoardJson.Write(json, board.Show(coin, ago, trail: false));
                    json.WriteEndArray();
                    json.WriteEndObject();
                });
            }
            return _prices.Value;
        }
    }

    private Answer PriceOf(string coin)
    {
        CoinStanding? standing = board.Standings(out TimeSpan ago).FirstOrDefault(c => c.Instrument.Name.Equals(coin, StringComparison.OrdinalIgnoreCase));
        return standing is null
            ? Answer.Error(404, $"{TerminalText.Clean(coin)} is not watched")
            : Answer.Json(200, json => BoardJson.Write(json, board.Show(standing, ago, trail: false)));
    }

    private Answer Events(in Question question)
    {
        HashSet<string>? coins = null;
        bool trail = false;
        foreach (string part in question.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=');
            string name = equals < 0 ? part : part[..equals];
            string value = equals < 0 ? "" : Uri.UnescapeDataString(part[(equals + 1)..]);
            switch (name)
            {
                case "coins":
                    coins = new HashSet<string>(value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
                    break;
                case "trail":
                    trail = value is "1" or "true";
                    break;
                default:
                    return Answer.Error(400, $"there is no parameter \"{TerminalText.Clean(name)}\": coins=BTC,ETH and trail=1 there are");
            }
        }
        if (coins is { Count: 0 })
            return Answer.Error(400, "coins= names no coin: leave it out for all of them");
        const string Stream = "text/event-stream; charset=utf-8";
        if (question.Method == "HEAD")
            return new Answer(200, Stream, default);
        return hub.Join(coins, trail) is { } client
            ? new Answer(200, Stream, default) { Events = client }
            : Answer.Error(503, $"{EventHub.ClientsMax} clients are here already") with { RetryAfter = s_comeAgain };
    }
}
