using System.Globalization;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>A slot on its way from one primary to another, step by step, so that a test can look at each.</summary>
internal sealed class SlotMove(int slot, ClusterNode from, ClusterNode to, IReadOnlyList<ClusterNode> nodes)
{
    private const int KeysAtOnce = 100, LimitMs = 5_000;

    private readonly string _slot = slot.ToString(CultureInfo.InvariantCulture);

    /// <summary>From now on the old owner says ASK for keys that it does not have.</summary>
    public void Begin()
    {
        to.Server.Ask("CLUSTER", "SETSLOT", _slot, "IMPORTING", from.Id);
        from.Server.Ask("CLUSTER", "SETSLOT", _slot, "MIGRATING", to.Id);
    }

    /// <summary>The keys go over; the slot is still on its way.</summary>
    /// <returns>How many went.</returns>
    public int MoveKeys()
    {
        int moved = 0;
        while (from.Server.Ask("CLUSTER", "GETKEYSINSLOT", _slot, $"{KeysAtOnce}") is string[] { Length: > 0 } keys)
        {
            from.Server.Ask(["MIGRATE", ClusterServers.Host, $"{to.Port}", "", "0", $"{LimitMs}", "KEYS", .. keys]);
            moved += keys.Length;
        }
        return moved;
    }

    /// <summary>The new owner has it; all others say MOVED from now on.</summary>
    public void End()
    {
        to.Server.Ask("CLUSTER", "SETSLOT", _slot, "NODE", to.Id);
        from.Server.Ask("CLUSTER", "SETSLOT", _slot, "NODE", to.Id);
        foreach (ClusterNode node in nodes)
            if (node != from && node != to && node.Server.IsUp && node.IsPrimary)
                node.Server.TryAsk("CLUSTER", "SETSLOT", _slot, "NODE", to.Id);
    }

    /// <summary>What the new owner has of a key while the slot is still on its way.</summary>
    public string? FieldAtTarget(string key, string field)
    {
        to.Server.Ask("ASKING");
        return to.Server.TryAsk("HGET", key, field) as string;
    }
}

internal sealed partial class ClusterServers
{
    /// <summary>The move of a key's slot to another primary.</summary>
    public SlotMove Move(string key, ClusterNode to) => new(SlotOf(key), NodeOf(key)!, to, _nodes);

    /// <summary>Moves a key's slot, with all of its keys.</summary>
    public void MoveSlotOf(string key, ClusterNode to)
    {
        SlotMove move = Move(key, to);
        move.Begin();
        move.MoveKeys();
        move.End();
        Until.True("the slot has moved", () => NodeOf(key) == to, state: Told);
    }

    /// <summary>A primary that is not this one.</summary>
    public ClusterNode OtherPrimary(ClusterNode than) => _nodes.First(n => n != than && n.Server.IsUp && n.IsPrimary);
}
