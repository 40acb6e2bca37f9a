// Names of topics, and how many of them fit where. Pure. The limits are the exchange's: on spot at most 10 args in one
// request; on linear and inverse no number is documented, and above some 500 connections were closed; on one connection of
// any market at most 21,000 characters of args together. Quotes and commas are counted too, which is the stricter reading,
// and leaves room for a canary.
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static class Topics
{
    /// <summary>Spot refuses a request with more.</summary>
    public const int SpotArgsPerRequestMax = 10;

    /// <summary>Well below what derivatives take: one bad topic refuses all that stand with it, which costs them a round trip.</summary>
    public const int OtherArgsPerRequestMax = 200;

    public const int CharactersPerConnectionMax = 21_000;

    /// <summary>The coin whose ticker serves as a canary: it moves about once a second even when nothing trades.</summary>
    public static Instrument CanaryOf(Venue venue) => venue == Venue.Inverse ? new Instrument("BTCUSD", "BTCUSD") : new Instrument("BTCUSDT", "BTC");

    public static int ArgsPerRequestMax(Venue venue) => venue == Venue.Spot ? SpotArgsPerRequestMax : OtherArgsPerRequestMax;

    public static string Name(Channel channel, string symbol) => PrefixOf(channel) + symbol;

    private static string PrefixOf(Channel channel) => channel switch
    {
        Channel.Ticker => "tickers.",
        Channel.Trade => "publicTrade.",
        _ => "orderbook.1.",
    };

    /// <summary>What a coin's topics take of a connection's characters.</summary>
    public static int CharactersOf(Instrument instrument, IReadOnlyList<Channel> channels)
    {
        int characters = 0;
        foreach (Channel channel in channels)
            characters += Name(channel, instrument.Symbol).Length + 3;
        return characters;
    }

    /// <summary>
    /// Spreads coins over connections: each goes to the first that has room, so that coins which stay never move.
    /// </summary>
    /// <param name="used">Characters already taken on each connection; changed in place, and grown where a new one is needed.</param>
    /// <param name="added">The coins to place.</param>
    /// <param name="channels">The topics of each coin.</param>
    /// <returns>For each coin the index of its connection.</returns>
    public static int[] Place(List<int> used, IReadOnlyList<Instrument> added, IReadOnlyList<Channel> channels)
    {
        var places = new int[added.Count];
        for (int i = 0; i < places.Length; i++)
        {
            int characters = CharactersOf(added[i], channels);
            int place = used.FindIndex(u => u + characters <= CharactersPerConnectionMax);
            if (place < 0)
            {
                place = used.Count;
                used.Add(0);
            }
            used[place] += characters;
            places[i] = place;
        }
        return places;
    }
}
