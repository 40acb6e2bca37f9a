// The contract with everybody who reads prices. Frozen: it may grow, never change; a golden test holds it. Pure.
//
//   bybit_spot:{COIN}      a hash of exactly three fields, all written by one HSET, so no reader sees half an update
//     ltp                  the exchange's own text: 67250.50 stays 67250.50
//     timestamp            the exchange's time, ISO 8601 UTC, three decimals, Z
//     original_symbol      BTCUSDT
//   bybit_futures:{COIN}   the same for linear and inverse contracts
using BybitSpot.Market;

namespace BybitSpot.Redis;

internal static class PriceKeys
{
    public const string SpotPrefix = "bybit_spot:";
    public const string FuturesPrefix = "bybit_futures:";
    public const string PriceField = "ltp";
    public const string TimestampField = "timestamp";
    public const string SymbolField = "original_symbol";

    public static string KeyOf(Instrument instrument) => (instrument.Venue == Venue.Spot ? SpotPrefix : FuturesPrefix) + instrument.Coin;
}
