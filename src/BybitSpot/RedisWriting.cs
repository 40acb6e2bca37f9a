namespace BybitSpot;

/// <summary>How prices are written. Immutable.</summary>
public sealed record RedisWriting
{
    /// <summary>The last one who writes wins; nothing but the price is written.</summary>
    public static readonly RedisWriting Direct = new();

    /// <summary>
    /// The newest price wins, whoever writes last: decided inside Redis, by a script. For more than one instance on one Redis;
    /// needs Redis 6 or newer. The hash gains <c>seq</c>, and hashes of coins that are watched no longer stay.
    /// </summary>
    public bool Guarded { get; init; }

    /// <summary>Whether each change is also published on the channel that is called like the key.</summary>
    public bool Notify { get; init; }

    /// <summary>After so long without a write the hash expires; null: never. 5 s or more.</summary>
    public TimeSpan? KeyLifetime { get; init; }

    /// <summary>
    /// Whether what is known of a coin beside its price is written with it: <c>seq</c>, <c>received_at</c>, <c>source</c>, the figures of the
    /// day and, where the order book is subscribed, the best bid and ask.
    /// </summary>
    public bool Extended { get; init; }

    /// <summary>Nothing but HSET is needed for a price, whatever is written with it, once the hash holds no other fields.</summary>
    public bool IsPlain => this is { Guarded: false, Notify: false, KeyLifetime: null };
}
