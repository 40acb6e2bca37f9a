using Xunit;

namespace BybitSpot.Tests;

/// <summary>Bytes that a thread allocates for something it does again and again.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>
    /// Fails unless one of some rounds allocates nothing at all. What is made once, by whoever is first on a way seldom taken or because
    /// a pool was emptied meanwhile, is no cost of a turn; what a turn costs shows in every round.
    /// </summary>
    /// <param name="turns">Many turns, on this thread alone.</param>
    public static void None(Action turns)
    {
        turns();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            turns();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }
}
