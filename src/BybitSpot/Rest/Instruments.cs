// Asks the exchange's REST interface which instruments trade. Blocks its caller's thread; call it on a thread that may wait.
// What must stay true: a list is whole or there is none. On derivatives it has pages, and what is listed before it trades has
// tickers already, but is named only where it is asked for (status=PreLaunch): so those are asked for twice.
using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>What a question for the list of instruments came to: a list, or why there is none.</summary>
public sealed record InstrumentsAnswer(IReadOnlyList<Listing>? Listed, RestTrouble? Trouble)
{
    public string Reason => Trouble?.Reason ?? "";

    public bool Banned => Trouble is { Banned: true };

    public bool Limited => Trouble is { Limited: true };
}

public sealed class Instruments(RestClient rest, Venue venue)
{
    /// <summary>Most pages of one list; linear has one or two.</summary>
    public const int PagesMax = 20;

    private readonly string _path = "/v5/market/instruments-info?category=" + venue.ToString().ToLowerInvariant();

    /// <summary>For messages.</summary>
    public string Endpoint => rest.Endpoint;

    public InstrumentsAnswer Ask(CancellationToken stop = default)
    {
        var listed = new List<Listing>(1024);
        RestTrouble? trouble = rest.Ask(get => ReadPages(get, listed), stop);
        return trouble is null ? new InstrumentsAnswer(listed, null) : new InstrumentsAnswer(null, trouble);
    }

    // On spot everything is on one page.
    private RestTrouble? ReadPages(RestClient.Get get, List<Listing> listed) =>
        venue == Venue.Spot
            ? ReadPages(get, _path, pages: false, listed)
            : ReadPages(get, _path + "&limit=1000", pages: true, listed) ?? ReadPages(get, _path + "&status=PreLaunch&limit=1000", pages: true, listed);

    private static RestTrouble? ReadPages(RestClient.Get get, string first, bool pages, List<Listing> listed)
    {
        string cursor = "";
        for (int page = 0; page < PagesMax; page++)
        {
            string path = first + (cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : "");
            if ((get(path, out RestBody body) ?? InstrumentsBody.Parse(body.Span, withPreLaunch: pages, listed, out cursor)) is { } trouble)
                return trouble;
            if (!pages || cursor.Length == 0)
                return null;
        }
        return new RestTrouble($"more than {PagesMax} pages");
    }
}
