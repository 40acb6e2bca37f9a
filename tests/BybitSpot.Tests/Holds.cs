// Properties: a fixed number of generated cases. What fails is told with the seed that repeats it.
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests;

internal static class Holds
{
    /// <summary>Checks generated values; FsCheck tells the seed and the value that fail.</summary>
    public static void ForAll<T>(Gen<T> values, int cases, Action<T> check) =>
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(cases), Prop.ForAll(Arb.From(values), check));

    /// <summary>Checks cases that are drawn from a seeded source; <c>TEST_SEED</c> in the environment repeats one.</summary>
    public static void ForSeeds(int cases, Action<Random> check)
    {
        bool repeats = int.TryParse(Environment.GetEnvironmentVariable("TEST_SEED"), out int first);
        if (!repeats)
            first = Random.Shared.Next(1 << 30);
        for (int seed = first; seed < first + (repeats ? 1 : cases); seed++)
        {
            try
            {
                check(new Random(seed));
            }
            catch (Exception e)
            {
                Assert.Fail($"TEST_SEED={seed}: {e.Message}\n{e.StackTrace}");
            }
        }
    }
}
