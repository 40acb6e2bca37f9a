using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BybitSpot.Simulator;

// REST's three public paths, in the exchange's envelope:
//   {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[…]},"retExtInfo":{},"time":1786310818969}
// Spot is never paged and ignores limit and cursor; the others are paged by 500, at most 1,000, and what is listed before it trades
// is named to who asks for status=PreLaunch, and to nobody else.
internal sealed class RestDesk(Exchange exchange)
{
    private const int RequestsMax = 600;
    private const int PageDefault = 500;
    private const int PageMax = 1000;
    private static readonly TimeSpan _rateWindow = TimeSpan.FromSeconds(5);
    private static readonly string[] _categories = ["spot", "linear", "inverse", "option"];

    private readonly Queue<TimeSpan> _recent = new();
    private List<(string Symbol, string Json)>? _standing;

    public (int Status, string ContentType, string Body) Answer(HttpHead head)
    {
        lock (exchange.Gate)
        {
            if (IsTooFrequent()) return (403, "text/plain", "access too frequent!");
            if (head.Method != "GET") return (405, "text/plain", "method not allowed");
            if (exchange.Faults.RestRetCode is { } retCode) return Json(Envelope(retCode, "simulated error", "{}"));
            return head.Path switch
            {
                "/v5/market/time" => Json(Time()),
                "/v5/market/instruments-info" => Json(List(head, () => OfStatus(head.Query.GetValueOrDefault("status", "")), paged: exchange.Options.Market != "spot")),
                "/v5/market/tickers" => Json(List(head, Tickers, paged: false)),
                _ => (404, "text/plain", "404 page not found"),
            };
        }
    }

    private IEnumerable<(string Symbol, string Json)> OfStatus(string status) => exchange.Options.Market == "spot"
        ? exchange.Venue.Instruments()
        : exchange.Venue.Instruments().Where(entry => StatusOf(entry.Json) is var its && (status.Length == 0 ? its != "PreLaunch" : its == status));

    private static string StatusOf(string instrument)
    {
        using var document = JsonDocument.Parse(instrument);
        return document.RootElement.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String ? status.GetString()! : "";
    }

    private static (int Status, string ContentType, string Body) Json(string body) => (200, "application/json", body);

    private bool IsTooFrequent()
    {
        var now = exchange.Now;
        while (_recent.TryPeek(out var oldest) && oldest < now - _rateWindow) _recent.Dequeue();
        if (_recent.Count >= RequestsMax) return true;
        _recent.Enqueue(now);
        return false;
    }

    private IEnumerable<(string Symbol, string Json)> Tickers()
    {
        if (!exchange.Faults.RestTickersStandStill) _standing = null;
        else _standing ??= [.. exchange.Venue.Tickers()];
        return _standing ?? exchange.Venue.Tickers();
    }

    private string Time()
    {
        var nowMs = exchange.Venue.NowMs;
        return Envelope(0, "OK", string.Create(CultureInfo.InvariantCulture, $$"""{"timeSecond":"{{nowMs / 1000}}","timeNano":"{{nowMs}}000000"}"""));
    }

    private string List(HttpHead head, Func<IEnumerable<(string Symbol, string Json)>> all, bool paged)
    {
        var category = head.Query.GetValueOrDefault("category", "");
        if (!_categories.Contains(category)) return Envelope(10001, "params error: Category is invalid", "{}");
        var entries = category != exchange.Options.Market || exchange.Faults.RestEmptyList ? [] : all();
        if (head.Query.TryGetValue("symbol", out var symbol)) entries = entries.Where(entry => entry.Symbol == symbol);
        var next = "";
        if (paged) (entries, next) = Page([.. entries], head);
        var list = new StringBuilder("{\"category\":\"").Append(category).Append("\",\"list\":[")
            .AppendJoin(',', entries.Select(entry => entry.Json)).Append(']');
        if (paged) list.Append(",\"nextPageCursor\":\"").Append(next).Append('"');
        return Envelope(0, "OK", list.Append('}').ToString());
    }

    private static (IEnumerable<(string Symbol, string Json)> Page, string Next) Page(List<(string Symbol, string Json)> all, HttpHead head)
    {
        var limit = int.TryParse(head.Query.GetValueOrDefault("limit", ""), CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, PageMax) : PageDefault;
        var from = int.TryParse(head.Query.GetValueOrDefault("cursor", ""), CultureInfo.InvariantCulture, out var cursor) ? Math.Clamp(cursor, 0, all.Count) : 0;
        var next = from + limit < all.Count ? (from + limit).ToString(CultureInfo.InvariantCulture) : "";
        return (all.Skip(from).Take(limit), next);
    }

    private string Envelope(int retCode, string message, string result) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"retCode":{{retCode}},"retMsg":{{JsonText.Quote(message)}},"result":{{result}},"retExtInfo":{},"time":{{exchange.Venue.NowMs}}}""");
}
