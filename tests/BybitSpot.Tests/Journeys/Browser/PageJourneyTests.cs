using System.Text.RegularExpressions;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Browser;

/// <summary>The page of the built program in a real browser: what it says when prices move, go stale, or come no more.</summary>
public sealed class PageJourneyTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_price_moves_on_the_page_as_the_very_text_that_came_with_an_arrow_and_nothing_is_asked_elsewhere()
    {
        using Journey journey = Begin();
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        await page.Says(page.Title, "All 3 prices can be believed");
        await page.Says(page.Browser.Locator("#text"), "Live since");
        journey.TradeArrives("BTCUSDT", "67250.50");
        await page.Says(page.Row("BTC").Locator(".price"), new Regex(@"^67250\.50▲$"));
        journey.TradeArrives("BTCUSDT", "67249.10");
        await page.Says(page.Row("BTC").Locator(".price"), new Regex(@"^67249\.10▼$"));
        await page.Says(page.Row("BTC").Locator(".opened"), new Regex(@"^\+\d+\.\d\d %$"));
        await page.Says(page.Browser.Locator("#t-redis"), $"127.0.0.1:{journey.Redis.Port}");
        await page.Says(page.Browser.Locator("#t-lines"), "1 of 1 up");
        await page.Says(page.Browser.Locator("#way"), "as it happens");
        Assert.DoesNotContain(page.Asked, a => a.EndsWith("/prices", StringComparison.Ordinal));
        // A look at what is told aloud: the whole, once.
        Assert.Equal("All 3 prices can be believed", await page.Browser.Locator("[aria-live]").TextContentAsync());
        page.IsCalm();
    }

    [Fact]
    public async Task A_coin_that_goes_stale_is_named_with_its_reason_above_all_else_and_comes_back()
    {
        using Journey journey = Begin();
        journey.Exchange.List("SOLUSDT", "142.30");
        journey.Exchange.Faults.Refuse("SOLUSDT");
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        journey.WriteCoins("BTCUSDT", "ETHUSDT", "SOLUSDT");
        await page.Has(page.Browser.Locator("#banner"), "data-state", "degraded");
        await page.Says(page.Title, "2 of 3 prices can be believed, one cannot");
        await page.Says(page.Browser.Locator("#stale"), "the exchange refuses it");
        await page.Says(page.Browser.Locator("#stale b"), "SOL");
        await page.Says(page.Row("SOL").Locator(".state"), "the exchange refuses it");
        Assert.Equal("2 of 3 prices can be believed, one cannot", await page.Browser.Locator("[aria-live]").TextContentAsync());
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        await page.IsLive();
        await page.Counts(page.Row("SOL"), 0);
        Assert.True(await page.Browser.Locator("#stale").IsHiddenAsync());
        page.IsCalm();
    }

    [Fact]
    public async Task Redis_that_takes_nothing_is_told_in_the_banner_though_prices_come()
    {
        using Journey journey = Begin();
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        journey.Redis.Freeze();
        try
        {
            await page.Has(page.Browser.Locator("#banner"), "data-tone", "bad");
            await page.Says(page.Browser.Locator("#text"), "Redis takes no writes");
            await page.Says(page.Browser.Locator("#t-redis"), "in trouble");
        }
        finally
        {
            journey.Redis.Thaw();
        }
        await page.IsLive();
        page.IsCalm();
    }

    [Fact]
    public async Task A_program_that_was_stopped_looks_dead_and_one_that_comes_back_at_the_same_port_alive()
    {
        using Journey journey = Begin(Repository.FreePort());
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        page.MayBeRefused = true;
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        await IsDead(page);
        await page.Says(page.Title, "the program does not answer");
        Assert.Contains("do not believe it", await page.Browser.Locator("#text").TextContentAsync());
        journey.Bot.Dispose();
        journey.Run();
        await page.IsLive();
        await page.Says(page.Browser.Locator("#way"), "as it happens");
        journey.TradeArrives("BTCUSDT", "70001.25");
        await page.Says(page.Row("BTC").Locator(".price"), "70001.25");
        page.IsCalm();
    }

    [Fact]
    public async Task A_program_that_hangs_with_its_connections_open_looks_dead_too()
    {
        using Journey journey = Begin();
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        page.MayBeRefused = true;
        journey.Bot.Signal(Signals.Stop);
        try
        {
            await IsDead(page);
        }
        finally
        {
            journey.Bot.Signal(Signals.Continue);
        }
        await page.Becomes("alive again, whatever the feed says of itself", async () => await page.Browser.Locator("body.unheard").CountAsync() == 0);
        page.IsCalm();
    }

    [Fact]
    public async Task Without_events_the_page_asks_every_two_seconds_and_takes_events_again_when_they_come()
    {
        using Journey journey = Begin();
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        page.MayBeRefused = true;
        await page.Browser.RouteAsync("**/events*", route => route.AbortAsync());
        await page.Browser.ReloadAsync();
        await page.Says(page.Browser.Locator("#way"), "asked each 2 s");
        await page.IsLive();
        journey.TradeArrives("ETHUSDT", "2580.750");
        await page.Says(page.Row("ETH").Locator(".price"), "2580.750");
        await page.Browser.UnrouteAsync("**/events*");
        await page.Says(page.Browser.Locator("#way"), "as it happens");
        page.IsCalm();
    }

    [Fact]
    public async Task A_tab_that_nobody_sees_asks_nothing_and_catches_up_when_it_is_seen()
    {
        using Journey journey = Begin();
        await using Shown page = await chromium.Open(PortOf(journey));
        await page.IsLive();
        Page http = new(PortOf(journey));
        await See(page, hidden: true);
        Until.True("its place is free", () => http.Get("/metrics").Body.Contains("\nbybitspot_http_event_clients 0\n", StringComparison.Ordinal));
        Assert.StartsWith("paused", await page.Browser.TitleAsync());
        int asked = page.Asked.Count;
        journey.TradeArrives("BTCUSDT", "61000.5");
        Assert.Equal(asked, page.Asked.Count);
        await See(page, hidden: false);
        await page.Says(page.Row("BTC").Locator(".price"), "61000.5");
        await page.IsLive();
        page.IsCalm();
    }

    private static Task See(Shown page, bool hidden) =>
        page.Browser.EvaluateAsync("hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", hidden);

    /// <summary>It says so, and no coin's row shows a state or an arrow as if it held.</summary>
    private static async Task IsDead(Shown page)
    {
        await page.Has(page.Browser.Locator("#banner"), "data-state", "late");
        await page.Says(page.Title, "Out of date");
        await page.Says(page.Browser.Locator("#text"), new Regex(@"^Nothing has come since \d\d:\d\d:\d\d \(.*ago\)"));
        await page.Counts(page.Browser.Locator("#rows tr[data-state=unknown]"), 3);
        await page.Counts(page.Browser.Locator("#rows tr.hot"), 0);
        await page.Says(page.Row("BTC").Locator(".word"), "was ");
        await page.Says(page.Browser.Locator("[aria-live]"), "Out of date");
    }

    internal static int PortOf(Journey journey) => Page.Of(journey.Bot).Port;

    internal static Journey Begin(int port = 0)
    {
        string[] symbols = ["BTCUSDT", "ETHUSDT", "XRPUSDT"];
        Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["HTTP_URL"] = $"http://127.0.0.1:{port}" });
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        return journey;
    }
}
