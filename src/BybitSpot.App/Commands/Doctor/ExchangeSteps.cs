// The doctor's way to the exchange: name, each address, TLS, WebSocket, a first ticker, REST and the clocks. What a step needs of the one
// before is handed on; where that failed the rest is not tried.
using System.Globalization;
using System.Net;
using BybitSpot.Feed;
using BybitSpot.Market;
using BybitSpot.Rest;

namespace BybitSpot.App;

/// <param name="symbol">Whose ticker is waited for.</param>
internal sealed class ExchangeSteps(Settings settings, string? symbol, TimeProvider time, CancellationToken stop)
{
    private const string Resolving = "exchange name", Connecting = "exchange TCP", Upgrading = "exchange TLS", Streaming = "WebSocket", Ticking = "first ticker", Asking = "REST", Clocks = "clock";

    private static readonly TimeSpan s_nameLimit = TimeSpan.FromSeconds(5), s_addressLimit = TimeSpan.FromSeconds(3), s_tickerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Sooner than this before its end a certificate is worth a word.</summary>
    private static readonly TimeSpan s_certificateSoon = TimeSpan.FromDays(14);

    /// <summary>Exchange and machine may differ by so much before it is worth a word: nothing depends on it but reported latencies.</summary>
    private static readonly TimeSpan s_clockFar = TimeSpan.FromSeconds(1);

    /// <summary>Most addresses that are tried.</summary>
    private const int AddressesMax = 16;

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
        foreach (Finding touched in Touch(addresses, first))
            yield return touched;
        if (trouble is not null)
        {
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
        StreamProbe? probe = null;
        string? trouble = null;
        Finding opened = Try(Streaming, () =>
        {
            probe = StreamProbe.Open(Url, Proxy, time, Tick);
            return new Finding(Streaming, Health.Ok, $"{Url.Host} upgrades{(Proxy is null ? "" : $", through the proxy {Proxy.Host}:{Proxy.Port}")}");
        }, "what it says tells: a certificate, a proxy in between, 403 (too many requests, or the region), or a wrong BYBIT_WS_URL", ref trouble);
        using (probe)
        {
            if (probe?.CertificateEnds is { } ends)
                yield return Certificate(Upgrading, probe.TlsVersion, ends, time.GetUtcNow());
            yield return opened;
            if (probe is null || symbol is null)
            {
                yield return Skipped(Ticking, probe is null ? null : "the coins file names no coin");
                yield break;
            }
            yield return Try(Ticking, () =>
            {
                (string price, long timeMs) = probe.FirstTicker(symbol, s_tickerLimit);
                return new Finding(Ticking, Health.Ok, $"{symbol} {price}, of {IsoTime.Text(timeMs)}");
            }, "is it listed on this market, and does it trade?", ref trouble);
        }
    }

    private IEnumerable<Finding> Rest()
    {
        if (settings.RestUrl is not { } url)
        {
            yield return settings.RestUnknown
                ? new Finding(Asking, Health.Warning, $"off: which address belongs to {Url.Host} is not known", "set BYBIT_REST_URL, or to nothing if it is to be off: without it symbols are checked by form alone, and no price is audited")
                : new Finding(Asking, Health.Skipped, "turned off (BYBIT_REST_URL is empty)");
            yield return Skipped(Clocks, "it needs REST");
            yield break;
        }
        var rest = new RestClient(url, settings.RestProxy, time);
        RestTrouble? failed = RestProbe.ClockOffset(rest, settings.Venue, time, stop, out TimeSpan offset, out TimeSpan answered);
        stop.ThrowIfCancellationRequested();
        if (failed is not null)
        {
            yield return new Finding(Asking, Health.Wrong, $"{rest.Endpoint}: {failed.Reason}", "prices come without it, but nobody checks symbols or audits prices: the network, the proxy, or BYBIT_REST_URL");
            yield return Skipped(Clocks, "it needs REST");
            yield break;
        }
        yield return new Finding(Asking, Health.Ok, $"{rest.Endpoint} answers after {Ms(answered)}");
        string text = $"the exchange's is {Math.Abs(offset.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture)} ms {(offset < TimeSpan.Zero ? "behind" : "ahead of")} this machine's (give or take {Ms(answered / 2)})";
        yield return offset.Duration() > s_clockFar + answered
            ? new Finding(Clocks, Health.Warning, text, "prices are right all the same, but reported latencies are not: let NTP set this machine's clock (timedatectl)")
            : new Finding(Clocks, Health.Ok, text);
    }

    /// <summary>Until when a certificate is valid.</summary>
    public static Finding Certificate(string step, string? version, DateTimeOffset ends, DateTimeOffset now)
    {
        string text = $"{version}, the certificate is trusted and ends {ends.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";
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
