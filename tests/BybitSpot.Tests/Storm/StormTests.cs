// The storm: random faults of the exchange, of Redis, of the watchlist and of the program over many coins, and each coin's last
// price sent in the middle of one and never again. Every single write into Redis is judged (see StormCheck), and what the
// status keys say of every coin at every moment.
//
// A storm is made from its seed alone. A failure prints the seed, and
//   BYBITSPOT_STORM_SEED=1234 ./test --long StormTests
// runs that one again (without --long: the short one of that seed). The schedule is the same then; threads and sockets are not,
// so what was a race may need a few tries.
using System.Globalization;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class StormTests(ITestOutputHelper output)
{
    public const string SeedName = "BYBITSPOT_STORM_SEED";

    public static readonly TimeSpan ShortLength = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_longLength = TimeSpan.FromSeconds(60);

    /// <summary>A short storm with faults in every lane, a Redis killed and the program frozen among them.</summary>
    private const int ShortSeed = 2_736;

    private const int ShortCoins = 12, LongCoins = 50, LongStorms = 20;

    public static TheoryData<int> Seeds => Given is { } seed ? [seed] : [.. Enumerable.Range(1, Repository.Long ? LongStorms : 1)];

    private static int? Given => int.TryParse(Environment.GetEnvironmentVariable(SeedName), CultureInfo.InvariantCulture, out int seed) ? seed : null;

    [Fact]
    public void In_a_short_storm_nothing_goes_back_nothing_is_invented_and_all_coins_end_right() =>
        Weather(Schedule.From(Given ?? ShortSeed, ShortCoins, ShortLength));

    [Theory, MemberData(nameof(Seeds))]
    [Trait("Long", "yes")]
    public void In_a_storm_over_fifty_coins_nothing_goes_back_nothing_is_invented_and_all_coins_end_right(int seed)
    {
        Assert.SkipUnless(Repository.Long, "takes more than a minute: set BYBITSPOT_LONG=1");
        Weather(Schedule.From(seed, LongCoins, s_longLength));
    }

    private void Weather(Schedule schedule)
    {
        output.WriteLine($"{SeedName}={schedule.Seed}");
        StormOutcome outcome = StormRun.Of(schedule);
        output.WriteLine(outcome.Summary);
        bool passed = outcome.NotRight is null && outcome.Verdict.Charges.Count == 0 && outcome.Verdict.WritesChecked > schedule.CoinCount;
        Assert.True(passed, passed ? null : StormStory.Of(schedule, outcome));
    }
}
