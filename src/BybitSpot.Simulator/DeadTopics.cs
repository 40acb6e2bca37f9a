namespace BybitSpot.Simulator;

/// <summary>What brings a dead topic back to life.</summary>
public enum HealedBy
{
    /// <summary>Subscribing to it anew, on any connection.</summary>
    Resubscription,

    /// <summary>A new connection alone: on the old one a new subscription is acked and stays dead.</summary>
    Reconnection,
}

// The topics that died on one connection, though it is subscribed to them. Used under the exchange's gate; empty on nearly
// every connection, and asked before every frame.
internal sealed class DeadTopics
{
    private Dictionary<string, HealedBy>? _dead;

    public bool Contains(string topic) => _dead is not null && _dead.ContainsKey(topic);

    public void Add(string topic, HealedBy healedBy) => (_dead ??= new(StringComparer.Ordinal))[topic] = healedBy;

    /// <summary>A subscription to it was taken.</summary>
    public void Subscribed(string topic)
    {
        if (_dead is not null && _dead.TryGetValue(topic, out var healedBy) && healedBy == HealedBy.Resubscription) _dead.Remove(topic);
    }
}
