using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace BybitSpot.Tests.Journeys.Browser;

/// <summary>The page as its readers use it: sorted, filtered, on a phone, on a wall, in the dark, without a mouse, read aloud.</summary>
public sealed class PageLooksTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Many = 410;

    /// <summary>The page costs no more than a picture.</summary>
    private const int BytesMax = 60_000;

    [Fact]
    public async Task Coins_are_sorted_by_each_column_and_filtered_by_typing_without_a_mouse()
    {
        using Journey journey = PageJourneyTests.Begin();
        await using Shown page = await chromium.Open(PageJourneyTests.PortOf(journey));
        await page.IsLive();
        journey.TradeArrives("XRPUSDT", "9.50");
        journey.TradeArrives("ETHUSDT", "2580.75");
        journey.TradeArrives("BTCUSDT", "67250.50");
        await page.Says(page.Row("BTC").Locator(".price"), "67250.50");
        await IsInOrder(page, "BTC", "ETH", "XRP");
        await page.Browser.Locator("th[data-sort=price] button").FocusAsync();
        await page.Browser.Keyboard.PressAsync("Enter");
        await page.Has(page.Browser.Locator("th[data-sort=price]"), "aria-sort", "ascending");
        await page.Has(page.Browser.Locator("th[data-sort=coin]"), "aria-sort", "none");
        await IsInOrder(page, "XRP", "ETH", "BTC");
        await page.Browser.Keyboard.PressAsync("Enter");
        await page.Has(page.Browser.Locator("th[data-sort=price]"), "aria-sort", "descending");
        await IsInOrder(page, "BTC", "ETH", "XRP");
        // It follows what moves.
        journey.TradeArrives("XRPUSDT", "99000.50");
        await IsInOrder(page, "XRP", "BTC", "ETH");
        foreach (string column in (string[])["opened", "day", "age", "state", "trail", "coin"])
        {
            await page.Browser.Locator($"th[data-sort={column}] button").ClickAsync();
            await page.Has(page.Browser.Locator($"th[data-sort={column}]"), "aria-sort", "ascending");
            await page.Counts(page.Browser.Locator("th[aria-sort=none]"), 6);
        }
        await page.Browser.Keyboard.PressAsync("/");
        await page.Browser.Keyboard.TypeAsync("eth");
        await IsInOrder(page, "ETH");
        await page.Says(page.Browser.Locator("#count"), "1 of 3 coins");
        await page.Browser.Keyboard.PressAsync("Escape");
        await IsInOrder(page, "BTC", "ETH", "XRP");
        Assert.Equal("", await page.Browser.Locator("#filter").InputValueAsync());
        await page.Browser.Keyboard.PressAsync("/");
        await page.Browser.Keyboard.TypeAsync("<b>");
        await page.Says(page.Browser.Locator("#nothing"), "No coin has this");
        page.IsCalm();
    }

    [Fact]
    public async Task Four_hundred_coins_stand_on_one_screen_of_a_wall_and_none_is_cut_off_on_a_phone()
    {
        string[] symbols = [.. Enumerable.Range(0, Many).Select(i => $"{(i % 7 == 0 ? "LONGER" : i % 3 == 0 ? "C" : "COIN")}{i}USDT")];
        using Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" });
        for (int i = 0; i < Many; i += 3)
            journey.Exchange.List(symbols[i], symbols[i][..^4], "USDT", "0.0000000001", "0.0000123456");
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        int port = PageJourneyTests.PortOf(journey);
        await using (Shown wall = await chromium.Open(port, 1920, 1080))
        {
            await wall.IsLive();
            await wall.Counts(wall.Browser.Locator("#rows tr"), Many);
            await wall.Has(wall.Browser.Locator("#coins"), "data-view", "wall");
            await wall.Becomes("every coin with its mark and its whole price is on the screen", () => wall.Browser.EvaluateAsync<bool>("""
                () => [...document.querySelectorAll('#rows tr')].every(row => [row, ...row.querySelectorAll('.price, .state')].every(e => {
                  const box = e.getBoundingClientRect();
                  return box.width > 0 && box.height > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && e.scrollWidth <= e.clientWidth + 1;
                }))
                """));
            await ScrollsNotSideways(wall);
            wall.IsCalm();
        }
        await using Shown phone = await chromium.Open(port, 360, 740, ColorScheme.Light);
        await phone.IsLive();
        await phone.Counts(phone.Browser.Locator("#rows tr"), Many);
        await phone.Has(phone.Browser.Locator("#coins"), "data-view", "table");
        await ScrollsNotSideways(phone);
        await phone.Becomes("whole prices", () => phone.Browser.EvaluateAsync<bool>("() => [...document.querySelectorAll('#rows .price')].every(e => e.clientWidth > 0 && e.scrollWidth <= e.clientWidth + 1)"));
        // What tells whether they can be believed stays in sight.
        await phone.Browser.EvaluateAsync("() => scrollTo(0, 6000)");
        Assert.True(await phone.Browser.EvaluateAsync<bool>("() => document.getElementById('banner').getBoundingClientRect().top === 0"));
        phone.IsCalm();
    }

    [Theory]
    [InlineData(ColorScheme.Dark, 1280, 800)]
    [InlineData(ColorScheme.Light, 1280, 800)]
    [InlineData(ColorScheme.Dark, 360, 740)]
    [InlineData(ColorScheme.Light, 360, 740)]
    public async Task Everybody_can_read_it_in_the_dark_and_in_the_light_live_degraded_and_dead(ColorScheme scheme, int width, int height)
    {
        using Journey journey = PageJourneyTests.Begin();
        journey.Exchange.List("SOLUSDT", "142.30");
        journey.Exchange.Faults.Refuse("SOLUSDT");
        await using Shown page = await chromium.Open(PageJourneyTests.PortOf(journey), width, height, scheme);
        // Colours on their way from one to another are neither.
        await page.Browser.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce, ColorScheme = scheme });
        await page.IsLive();
        await IsReadable(page);
        journey.WriteCoins("BTCUSDT", "ETHUSDT", "XRPUSDT", "SOLUSDT");
        await page.Has(page.Browser.Locator("#banner"), "data-state", "degraded");
        await page.Counts(page.Row("SOL"), 1);
        await IsReadable(page);
        page.MayBeRefused = true;
        journey.Bot.Dispose();
        await page.Has(page.Browser.Locator("#banner"), "data-state", "late");
        await IsReadable(page);
        page.IsCalm();
    }

    [Fact]
    public async Task It_is_dark_or_light_as_the_system_is_unless_the_reader_chose_and_that_is_remembered()
    {
        using Journey journey = PageJourneyTests.Begin();
        await using Shown page = await chromium.Open(PageJourneyTests.PortOf(journey), scheme: ColorScheme.Light);
        await page.IsLive();
        Assert.True(await Brightness(page) > 600);
        await page.Browser.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Becomes("dark with the system", async () => await Brightness(page) < 150);
        await page.Browser.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await page.Browser.Locator("#theme").ClickAsync();
        await page.Becomes("dark as chosen", async () => await Brightness(page) < 150);
        await page.Browser.ReloadAsync();
        await page.IsLive();
        Assert.True(await Brightness(page) < 150);
        await page.Browser.Locator("#theme").ClickAsync();
        await page.Becomes("light as chosen", async () => await Brightness(page) > 600);
        page.IsCalm();
    }

    [Fact]
    public void The_page_is_three_small_files_without_style_or_script_in_the_markup()
    {
        string folder = Path.Combine(Repository.Root, "src/BybitSpot.App/Web/Page");
        string[] files = Directory.GetFiles(folder);
        Assert.Equal(["page.css", "page.html", "page.js"], files.Select(Path.GetFileName).Order());
        Assert.InRange(files.Sum(f => new FileInfo(f).Length), 1, BytesMax);
        string markup = File.ReadAllText(Path.Combine(folder, "page.html")), script = File.ReadAllText(Path.Combine(folder, "page.js"));
        Assert.DoesNotMatch(@"\sstyle=|\son\w+=|<style|<script(?! src=)|https?:", markup);
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(", script);
    }

    private static Task IsInOrder(Shown page, params string[] coins) => page.Becomes(string.Join(' ', coins), async () => (await page.Order()) is var order && order.AsSpan().SequenceEqual(coins));

    private static async Task ScrollsNotSideways(Shown page) =>
        Assert.True(await page.Browser.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways");

    private static Task<int> Brightness(Shown page) => page.Browser.EvaluateAsync<int>("""
        () => {
          const canvas = document.createElement('canvas').getContext('2d');
          canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          return canvas.getImageData(0, 0, 1, 1).data.slice(0, 3).reduce((a, b) => a + b);
        }
        """);

    private static async Task IsReadable(Shown page)
    {
        AxeResult found = await page.Browser.RunAxe();
        Assert.NotEmpty(found.Passes);
        Assert.Empty(found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{v.Id}: {v.Help}: {string.Join("; ", v.Nodes.Take(3).Select(n => n.Html))}"));
    }
}
