using System.Diagnostics;
using Xunit;

namespace BybitSpot.Tests.Journeys;

/// <summary>Waits for a condition, with a limit; says what it waited for when the limit is reached.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    public static void True(string what, Func<bool> condition, TimeSpan? limit = null, Func<string>? state = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (limit ?? Limit))
                Assert.Fail($"not within {(limit ?? Limit).TotalSeconds:0.0} s: {what}{(state is null ? "" : "\n" + state())}");
            Thread.Sleep(5);
        }
    }

    public static void Equal<T>(string what, T expected, Func<T> actual, TimeSpan? limit = null, Func<string>? state = null)
    {
        T last = default!;
        True(what, () => EqualityComparer<T>.Default.Equals(expected, last = actual()), limit,
            () => $"expected {expected}, last seen {last}{(state is null ? "" : "\n" + state())}");
    }

    /// <summary>Holds for the whole time, looked at again and again.</summary>
    public static void StaysTrue(string what, Func<bool> condition, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < time)
        {
            Assert.True(condition(), what);
            Thread.Sleep(5);
        }
    }
}
