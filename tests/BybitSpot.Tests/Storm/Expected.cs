namespace BybitSpot.Tests.Storm;

/// <summary>What the storm may expect of the engine.</summary>
internal static class Expected
{
    /// <summary>
    /// The engine audits its prices against REST, and says in the status keys which coins are stale. Where it doesn't, no fault
    /// is drawn that only an audit can heal, and what the status keys should say is measured but not demanded.
    /// </summary>
    public static bool AuditAndStatus => false;
}
