namespace BybitSpot.Tests.Storm;

/// <summary>What the storm may expect of the engine. Each is one line to switch on, and nothing else has to change.</summary>
internal static class Expected
{
    /// <summary>
    /// The engine audits its prices against REST, and says in the status keys which coins are stale. Where it doesn't, no fault
    /// is drawn that only an audit can heal, and what the status keys should say is measured but not demanded.
    /// </summary>
    public static bool AuditAndStatus => false;

    /// <summary>
    /// A coin that leaves the watchlist and comes back still refuses what is older than its last price. Where it doesn't, what
    /// is written after the return is compared only with what was written since.
    /// </summary>
    public static bool OrderOutlivesRemoval => false;
}
