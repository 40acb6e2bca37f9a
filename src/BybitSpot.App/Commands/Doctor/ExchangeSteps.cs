// The doctor's way to the exchange: name, each address, TLS, WebSocket, a first ticker, REST, the clocks, and whether the coins trade. What a step needs of the one
// before is handed on; where that failed the rest is not tried.
using System.Globalization;
using System.Net;
using BybitSpot.Feed;
using BybitSpot.Market;
using BybitSpot.Rest;

namespace BybitSpot.App;

/// <param name="symbol">Whose ticker is waited for; null: nobody's.</param>
/// <param name="named">What the coins file names.</param>
internal sealed class ExchangeSteps(Settings settings, string? symbol, IReadOnlyList<string> named, TimeProvider time, CancellationToken stop)
{
    private const string Resolving = "exchange name", Connecting = "exchange TCP", Upgrading = "exchange TLS", Streaming = "WebSocket", Ticking = "first ticker", Asking = "REST", Clocks = "clock", Listing = "coins trade";

    private static readonly TimeSpan s_nameLimit = TimeSpan.FromSeconds(5), s_addressLimit = TimeSpan.FromSeconds(3), s_tickerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Sooner than this before its end a certificate is worth a word.</summary>
    private static readonly TimeSpan s_certificateSoon = TimeSpan.FromDays(14);

    /// <summary>Exchange and machine may differ by so much before it is worth a word: nothing depends on it but reported latencies.</summary>
    private static readonly TimeSpan s_clockFar = TimeSpan.FromSeconds(1);

    /// <summary>Most addresses that are tried.</summary>
    private const int AddressesMax = 16;

    /// <summary>Most coins that are named.</summary>
    private const int NamesMax = 5;

    private const string NeedsRest = "it needs REST", NoCoins = "the coins file names no coin";

    private Uri Url => settings.Bridge.Feed.StreamUrl;

    private Uri? Proxy => settings.Bridge.Feed.Proxy;

    public IEnumerable<Finding> Take()
    {
        Uri first = Proxy ?? Url;
        IPAddress[] addresses = [];
        string? trouble = null;
        yield return Try(Resolving, () =>
        {
            addresses = StreamProbe.Resolve(first.IdnHost, s_nameLimit, time, Tick);
            return new Finding(Resolving, Health.Ok, $"{first.IdnHost}: {string.Join(", ", addresses.Take(AddressesMax).Select(a => a.ToString()))}");
        }, $"check DNS and the network, or {(Proxy is null ? SettingsTable.StreamUrl : SettingsTable.Proxy)}", ref trouble);
        bool answers = false;
        foreach (Finding touched in Touch(addresses, first))
        {
            answers |= touched.Health == Health.Ok;
            yield return touched;
        }
        if (!answers)
        {
            if (trouble is not null)
                yield return Skipped(Connecting);
            if (Url.Scheme == "wss")
                yield return Skipped(Upgrading);
            yield return Skipped(Streaming);
            yield return Skipped(Ticking);
        }
        else
        {
            foreach (Finding found in Stream())
                yield return found;
        }
        foreach (Finding found in Rest())
            yield return found;
    }

    private IEnumerable<Finding> Touch(IPAddress[] addresses, Uri first)
    {
        int answering = 0;
        var dead = new List<Finding>();
        foreach (IPAddress address in addresses.Take(AddressesMax))
        {
            string? trouble = null;
            Finding found = Try(Connecting, () =>
            {
                TimeSpan took = StreamProbe.Touch(address, first.Port, s_addressLimit, time, Tick);
                return new Finding(Connecting, Health.Ok, $"{new IPEndPoint(address, first.Port)} answers after {Ms(took)}");
            }, null, ref trouble);
            if (trouble is null)
            {
                answering++;
                yield return found;
            }
            else
            {
                dead.Add(found with { Text = $"{new IPEndPoint(address, first.Port)}: {trouble}" });
            }
        }
        // One that is dead beside others costs a quarter of a second; all of them, everything.
        foreach (Finding found in dead)
            yield return answering > 0
                ? found with { Health = Health.Warning, Advice = "the next address is tried after 250 ms; if it stays dead, ask who runs the network" }
                : found with { Advice = "a firewall, a proxy that is wanted (HTTPS_PROXY), or the network itself" };
    }

    private IEnumerable<Finding> Stream()
    {
        string? trouble = null;
        Finding opened = Open(out StreamProbe? probe);
        using (probe)
        {
            if (probe?.CertificatesEnd is { } ends)
                yield return Certificate(Upgrading, probe.TlsVersion, ends, time.GetUtcNow());
            yield return opened;
            if (opened.Step == Upgrading)
                yield return Skipped(Streaming);
            if (probe is null || symbol is null)
            {
                yield return Skipped(Ticking, probe is null ? null : NoCoins);
                yield break;
            }
            yield return Try(Ticking, () =>
            {
                (string price, long timeMs) = probe.FirstTicker(symbol, s_tickerLimit);
                return new Finding(Ticking, Health.Ok, $"{symbol} {price}, of {IsoTime.Text(timeMs)}");
            }, "is it listed on this market, and does it trade?", ref trouble);
        }
    }

    private Finding Open(out StreamProbe? probe)
    {
        probe = null;
        try
        {
            probe = StreamProbe.Open(Url, Proxy, time, stop);
            return new Finding(Streaming, Health.Ok, $"{Url.Host} upgrades{(Proxy is null ? "" : $", through the proxy {Proxy.Host}:{Proxy.Port}")}");
        }
        catch (ProbeException failure)
        {
            return failure.IsTls
                ? new Finding(Upgrading, Health.Wrong, failure.Message, "this machine's clock, something in between that reads along, or the authorities that are trusted here (SSL_CERT_FILE)")
                : new Finding(Streaming, Health.Wrong, failure.Message, "what it says tells: a proxy in between, 403 (too many requests, or the region), or a wrong BYBIT_WS_URL");
        }
    }

    private IEnumerable<Finding> Rest()
    {
        if (settings.RestUrl is not { } url)
        {
            yield return settings.RestUnknown
                ? new Finding(Asking, Health.Warning, $"off: which address belongs to {Url.Host} is not known", "set BYBIT_REST_URL, or to nothing if it is to be off: without it symbols are checked by form alone, and no price is audited")
                : new Finding(Asking, Health.Skipped, "turned off (BYBIT_REST_URL is empty)");
            yield return Skipped(Clocks, NeedsRest);
            yield return Skipped(Listing, NeedsRest);
            yield break;
        }
        var rest = new RestClient(url, settings.RestProxy, time);
        RestTrouble? failed = RestProbe.ClockOffset(rest, settings.Venue, time, stop, out TimeSpan offset, out TimeSpan answered);
        stop.ThrowIfCancellationRequested();
        if (failed is not null)
        {
            yield return new Finding(Asking, Health.Wrong, $"{rest.Endpoint}: {failed.Reason}", "prices come without it, but nobody checks symbols or audits prices: the network, the proxy, or BYBIT_REST_URL");
            yield return Skipped(Clocks, NeedsRest);
            yield return Skipped(Listing, NeedsRest);
            yield break;
        }
        yield return new Finding(Asking, Health.Ok, $"{rest.Endpoint} answers after {Ms(answered)}");
        string text = $"the exchange's is {Math.Abs(offset.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture)} ms {(offset < TimeSpan.Zero ? "behind" : "ahead of")} this machine's (give or take {Ms(answered / 2)})";
        yield return offset.Duration() > s_clockFar + answered
            ? new Finding(Clocks, Health.Warning, text, "prices are right all the same, but reported latencies are not: let NTP set this machine's clock (timedatectl)")
            : new Finding(Clocks, Health.Ok, text);
        yield return Listed(rest);
    }

    private Finding Listed(RestClient rest)
    {
        if (named.Count == 0)
            return Skipped(Listing, NoCoins);
        RestTrouble? failed = RestProbe.Listed(rest, settings.Venue, stop, out InstrumentList? listed);
        stop.ThrowIfCancellationRequested();
        if (failed is null && listed!.Count == 0)
            failed = new RestTrouble("it is empty");
        return failed is null ? Trading(named, listed!, settings.Market)
            : new Finding(Listing, Health.Wrong, $"no list of what trades: {failed.Reason}", "prices come without it, but nobody checks symbols; try again in a minute");
    }

    /// <summary>Whether all that is named trades; what is no symbol at all is told of elsewhere.</summary>
    public static Finding Trading(IReadOnlyList<string> named, InstrumentList listed, MarketRules market)
    {
        Resolution all = Watchlist.Resolve(named, listed, market);
        HashSet<string> noSymbols = [.. Watchlist.Resolve([.. named.Where(n => n.Trim() != Watchlist.Everything)], null, market).Notes.Where(n => n.Refused).Select(n => n.Symbol)];
        string[] refused = [.. all.Notes.Where(n => n.Refused && !noSymbols.Contains(n.Symbol)).Select(n => $"{n.Symbol} {n.Reason}")];
        int count = all.Watchlist.Instruments.Count;
        return refused.Length == 0
            ? new Finding(Listing, Health.Ok, count == 1 ? "it does" : $"all {count} do")
            : new Finding(Listing, Health.Wrong, $"{string.Join("; ", refused.Take(NamesMax))}{(refused.Length > NamesMax ? $"; and {refused.Length - NamesMax} more" : "")}",
                count == 0 ? "put them right in the coins file: nothing else is in it" : "put them right in the coins file, or take them out; the others get prices all the same");
    }

    /// <summary>Until when a certificate is valid.</summary>
    public static Finding Certificate(string step, string? version, DateTimeOffset ends, DateTimeOffset now)
    {
        string text = $"{version}; the certificates are trusted until {ends.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
        return ends - now < s_certificateSoon
            ? new Finding(step, Health.Warning, text, $"in {Math.Max(0, (ends - now).TotalDays).ToString("0", CultureInfo.InvariantCulture)} days connections will be refused: who runs the server has to renew it")
            : new Finding(step, Health.Ok, text);
    }

    public static string Ms(TimeSpan time) => $"{time.TotalMilliseconds.ToString(time.TotalMilliseconds < 10 ? "0.00" : "0", CultureInfo.InvariantCulture)} ms";

    private static Finding Skipped(string step, string? why = null) => new(step, Health.Skipped, why is null ? "not tried: there is no way to it" : $"not tried: {why}");

    private static Finding Try(string step, Func<Finding> take, string? advice, ref string? trouble)
    {
        try
        {
            return take();
        }
        catch (ProbeException failure)
        {
            trouble = failure.Message;
            return new Finding(step, Health.Wrong, failure.Message, advice);
        }
    }

    private void Tick() => stop.ThrowIfCancellationRequested();
}
