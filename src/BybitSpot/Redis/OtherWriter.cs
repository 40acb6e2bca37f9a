// Whether others write the same coins without guard on both sides, by what the status keys say of who lives, what each watches and how it
// writes. What must stay true: it reads only, a key with each command.
using System.Globalization;
using BybitSpot.Market;

namespace BybitSpot.Redis;

/// <summary>Another instance that writes coins of ours, where it or we do so without guard.</summary>
/// <param name="Coins">How many of ours it watches.</param>
/// <param name="Coin">One of them.</param>
public sealed record OtherWriter(string Instance, int Coins, string Coin)
{
    /// <summary>Most instances that are looked at.</summary>
    public const int InstancesMax = 32;

    /// <summary>Whose last heartbeat is older than this is gone; it is renewed every 5 s.</summary>
    private const long AliveMs = 7_000;

    /// <param name="instance">Our own name, which is no other's.</param>
    /// <param name="ours">Our coins.</param>
    /// <param name="refusal">What Redis says where it does not let us look.</param>
    /// <returns>Null: Redis does not let us look.</returns>
    /// <exception cref="IOException">See <see cref="RedisTalk"/>; so are other exceptions.</exception>
    public static IReadOnlyList<OtherWriter>? Find(RedisTalk talk, Venue venue, string instance, RedisWriting writing, string[] ours, out string? refusal)
    {
        refusal = null;
        if (ours.Length == 0)
            return [];
        if (Ask(talk, out refusal, "TIME") is not [{ } seconds, ..] || Ask(talk, out refusal, "ZRANGE", StatusKeys.IndexOf(venue), "0", "-1", "WITHSCORES") is not { } names)
            return null;
        double nowMs = double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out double s) ? s * 1_000 : 0;
        var found = new List<OtherWriter>();
        for (int i = 0; i + 1 < names.Count && i / 2 < InstancesMax; i += 2)
        {
            if (names[i] is not { } other || other == instance
                || !double.TryParse(names[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out double heartbeatMs) || nowMs - heartbeatMs > AliveMs)
                continue;
            if (writing.Guarded && Ask(talk, out refusal, "HMGET", StatusKeys.HashOf(venue, other), "write_mode") is ["guarded"])
                continue;
            string[] shared = Ask(talk, out refusal, ["HMGET", StatusKeys.CoinsOf(venue, other), .. ours]) is { } states
                ? [.. ours.Zip(states).Where(c => c.Second is not null).Select(c => c.First)] : [];
            if (shared.Length > 0)
                found.Add(new OtherWriter(other, shared.Length, shared[0]));
        }
        return found;
    }

    private static List<string?>? Ask(RedisTalk talk, out string? refusal, params ReadOnlySpan<string> words)
    {
        talk.Ask(words);
        return talk.List(out refusal);
    }
}
