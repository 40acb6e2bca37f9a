using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace BybitSpot.Tests.Journeys.Browser;

/// <summary>The page in a browser, and all that it complained of or asked elsewhere.</summary>
internal sealed class Shown : IAsyncDisposable
{
    /// <summary>For each thing that is waited for.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    public Shown(IBrowserContext context, IPage browser, string address)
    {
        (_context, Browser, Address) = (context, browser, address);
        browser.Console += (_, said) =>
        {
            // A browser says of itself that nobody answers: that is no fault of a page that tries again.
            if (said.Type is "error" or "warning" && !(MayBeRefused && said.Text.Contains("net::ERR_", StringComparison.Ordinal)))
                _complaints.Enqueue($"console: {said.Text}");
        };
        browser.PageError += (_, fault) => _complaints.Enqueue($"script: {fault}");
        context.Request += (_, request) =>
        {
            Asked.Enqueue(request.Url);
            if (!request.Url.StartsWith(address + "/", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
                _complaints.Enqueue($"asked elsewhere: {request.Url}");
        };
    }

    public IPage Browser { get; }

    public string Address { get; }

    /// <summary>Every address asked for so far.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The program is ended in this test.</summary>
    public bool MayBeRefused { get; set; }

    public ILocator Title => Browser.Locator("#title");

    public ILocator Row(string coin) => Browser.Locator($"tr[data-coin=\"{coin}\"]");

    public Task Says(ILocator where, string text) => Expect(where).ToContainTextAsync(text, new() { Timeout = (float)Limit.TotalMilliseconds });

    public Task Says(ILocator where, Regex text) => Expect(where).ToHaveTextAsync(text, new() { Timeout = (float)Limit.TotalMilliseconds });

    public Task Counts(ILocator what, int count) => Expect(what).ToHaveCountAsync(count, new() { Timeout = (float)Limit.TotalMilliseconds });

    public Task Has(ILocator what, string attribute, string value) => Expect(what).ToHaveAttributeAsync(attribute, value, new() { Timeout = (float)Limit.TotalMilliseconds });

    /// <summary>The whole, live: the state that tests begin with.</summary>
    public async Task IsLive()
    {
        await Has(Browser.Locator("#banner"), "data-state", "live");
        await Expect(Browser.Locator("body")).Not.ToHaveClassAsync(new Regex("unheard"), new() { Timeout = (float)Limit.TotalMilliseconds });
    }

    /// <summary>The coins that are to be seen, from the first on.</summary>
    public async Task<string[]> Order() => await Browser.EvaluateAsync<string[]>("() => [...document.querySelectorAll('#rows tr:not([hidden])')].map(r => r.dataset.coin)");

    public async Task Becomes(string what, Func<Task<bool>> condition)
    {
        DateTime until = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, $"not within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(50);
        }
    }

    public void IsCalm() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
