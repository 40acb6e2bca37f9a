// The soak that bench/soak starts, and a short one for ./test --long.
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Soak;

public sealed class SoakTests(ITestOutputHelper output)
{
    /// <summary>Names a file that the report is written to as it comes.</summary>
    public const string ReportName = "BYBITSPOT_SOAK_REPORT";

    /// <summary>Names a file that the instances' logs go to.</summary>
    public const string LogName = "BYBITSPOT_SOAK_LOG";

    [Fact]
    [Trait("Long", "yes")]
    public void Whatever_is_killed_and_frozen_no_price_is_wrong_none_goes_back_and_all_come_right_again()
    {
        string? given = Environment.GetEnvironmentVariable(SoakOptions.VariableName);
        Assert.SkipUnless(given is { Length: > 0 } || Repository.Long, "takes more than a minute: set BYBITSPOT_LONG=1, or run bench/soak");
        string? file = Environment.GetEnvironmentVariable(ReportName);
        var gate = new Lock();
        using var run = new SoakRun(SoakOptions.Parse(given ?? ""), Tell, TestContext.Current.CancellationToken) { LogFile = Environment.GetEnvironmentVariable(LogName) };
        IReadOnlyList<string> wrong = run.Run();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        void Tell(string line)
        {
            lock (gate)
            {
                output.WriteLine(line);
                if (file is { Length: > 0 })
                    File.AppendAllText(file, line + "\n");
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_faults()
    {
        static string[] Drawn(Random random) => [.. Enumerable.Range(0, 50).SelectMany(_ => SoakFault.Draw(random, servers: 6, sentinels: 3, instances: 2)).Select(f => f.ToString())];
        Assert.Equal(Drawn(new Random(7)), Drawn(new Random(7)));
        Assert.NotEqual(Drawn(new Random(7)), Drawn(new Random(8)));
    }

    [Theory]
    [InlineData("1003.007", 7, 3)]
    [InlineData("1000.007", 7, 0)]
    [InlineData("1003.008", 7, null)]
    [InlineData("1003.07", 7, null)]
    [InlineData("999.007", 7, null)]
    [InlineData("", 7, null)]
    public void A_price_tells_its_coin_and_its_step(string price, int coin, int? step) => Assert.Equal(step, SoakMarket.StepOf(coin, price));

    [Fact]
    public void The_check_finds_what_was_never_shown_and_what_goes_back_and_forgets_with_a_killed_server()
    {
        using Exchange exchange = Exchange.Start();
        using var market = new SoakMarket(exchange, 2, perSecond: 1, seed: 1);
        var check = new SoakCheck(market, new HashSet<int> { 6379 });
        var life = new SoakCheck.Life("a");
        long timeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        market.Show("C001USDT", "1000.001", timeMs);
        market.Show("C001USDT", "1001.001", timeMs + 5);
        check.Take(life, Write("C001", "1001.001", timeMs + 5));
        check.Take(life, Write("C001", "1001.001", timeMs + 5));
        Assert.Equal((2, 0, 0), (check.Writes, check.Wrong, check.Back));
        check.Take(life, Write("C001", "1000.001", timeMs));
        Assert.Equal(1, check.Back);
        check.Take(new SoakCheck.Life("a"), Write("C001", "1000.001", timeMs));
        Assert.Equal((1, 0), (check.Back, check.Wrong));
        foreach (PriceWrite wrong in (PriceWrite[])[Write("C001", "1001.001", timeMs), Write("C001", "1002.001", timeMs), Write("C000", "1000.001", timeMs), Write("C009", "1000.009", timeMs), Write("C001", "", timeMs)])
            check.Take(life, wrong);
        Assert.Equal((5, 1), (check.Wrong, check.Back));
        // A replica takes over what its primary has, an older price as well; from then on that is what it has.
        check.Take(life, Write("C001", "1000.001", timeMs) with { FromPort = 6379 });
        check.Take(life, Write("C001", "1000.001", timeMs));
        Assert.Equal((5, 1, 10), (check.Wrong, check.Back, check.Writes));
    }

    private static PriceWrite Write(string coin, string price, long timeMs) =>
        new($"bybit_spot:{coin}", price, DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
}
