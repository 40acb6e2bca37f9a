// Where the prices of a running program are, by the rule by which `run` chooses: the configured Redis, or where that one would
// embed a store, the store of one that runs. Whoever reads from another address than the configured one is told so.
namespace BybitSpot.App;

/// <param name="Redis">Where to ask; null when there is nobody to ask.</param>
/// <param name="Note">One line for people where it is not the configured address, or why there is none.</param>
internal sealed record PricePlace(RedisOptions? Redis, string? Note)
{
    public static PricePlace Of(Settings settings, Func<List<StoreMark>> search)
    {
        RedisOptions redis = settings.Bridge.Redis;
        if (!EmbeddedStore.Wanted(settings.RedisEmbedded, settings.RedisNamed, () => StorePorts.Answers(redis.Port)))
            return new PricePlace(redis, null);
        bool always = settings.RedisEmbedded == EmbeddedUse.Always;
        string why = always ? "REDIS_EMBEDDED is always" : $"nothing answers at {redis.Host}:{redis.Port}";
        if (search() is not [var store, .. var others])
            return new PricePlace(null, $"{why}, and no running bybitspot has a store of its own with {StoreMark.NameOf(settings.Venue)} prices (ports {StorePorts.First} to {StorePorts.LastPort} of 127.0.0.1): is it running? REDIS_HOST and REDIS_PORT say where another Redis is");
        string more = others.Count == 0 ? "" : $"; more at {string.Join(", ", others.Select(o => o.Endpoint))}";
        return new PricePlace(
            new RedisOptions("127.0.0.1", store.Port, null, 0),
            $"{why}: {(store.MadeUp ? "made-up prices of a running demo" : "prices from the store inside a running bybitspot")}, at {store.Endpoint}{more}");
    }

    /// <summary>What to say when the configured Redis holds none of the prices: perhaps the program started before that Redis did.</summary>
    public static string? Elsewhere(Settings settings, Func<List<StoreMark>> search) =>
        settings.RedisEmbedded == EmbeddedUse.Auto && !settings.RedisNamed && search() is [var store, ..]
            ? $"a running bybitspot keeps {(store.MadeUp ? "a demo's" : "its")} prices in a store of its own at {store.Endpoint}: --redis-embedded always reads there"
            : null;
}
