// A browser for the tests of the page: Debian's Chromium, started once for all of a class. What must stay true: no test waits
// for it without a limit; it asks nothing of any other host, which each page's own log shows.
using BybitSpot.Tests.Tools;
using Microsoft.Playwright;
using Xunit;

namespace BybitSpot.Tests.Journeys.Browser;

public sealed class Chromium : IAsyncLifetime
{
    private const string Name = "chromium";

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (!Tool.Installed(Name))
            return;
        _playwright = await Playwright.CreateAsync();
        string program = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(f => Path.Combine(f, Name)).First(File.Exists);
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, ChromiumSandbox = !Environment.IsPrivilegedProcess, Timeout = (float)Shown.Limit.TotalMilliseconds });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Opens the page of a running program, as a reader with this screen and this taste would.</summary>
    internal async Task<Shown> Open(int port, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Dark)
    {
        Assert.SkipUnless(_browser is not null, $"{Name} is not installed");
        IBrowserContext context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
        context.SetDefaultTimeout((float)Shown.Limit.TotalMilliseconds);
        var shown = new Shown(context, await context.NewPageAsync(), $"http://127.0.0.1:{port}");
        await shown.Browser.GotoAsync(shown.Address);
        return shown;
    }
}
