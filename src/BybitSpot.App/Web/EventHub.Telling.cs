// What one client is told in one go: the whole if that changed, each coin that changed, coins that are gone. Under the hub's gate.
using System.Buffers;
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed partial class EventHub
{
    /// <summary>Writes what a client has not been told yet.</summary>
    /// <param name="seen">The round that it was last told of; 0: none, so it is told all.</param>
    /// <returns>The round that it is told of now; as before if there is nothing to tell.</returns>
    public long Tell(IBufferWriter<byte> output, long seen, IReadOnlySet<string>? wanted, bool trail)
    {
        lock (_gate)
        {
            if (_round == seen)
                return seen;
            if (_statusRound > seen)
            {
                output.Write("event: status\ndata: "u8);
                output.Write(_status.WrittenSpan);
                output.Write("\n\n"u8);
            }
            TellCoins(output, seen, wanted, trail);
            return _round;
        }
    }

    private void TellCoins(IBufferWriter<byte> output, long seen, IReadOnlySet<string>? wanted, bool trail)
    {
        bool any = false;
        foreach (Entry coin in _ordered)
        {
            if (coin.Removed || coin.ChangedAt <= seen || wanted?.Contains(coin.Standing.Instrument.Name) == false)
                continue;
            Begin(output, ref any);
            if (coin.WholeAt > seen)
                WriteWhole(output, coin, trail);
            else
                output.Write(coin.Json.WrittenSpan);
        }
        if (!any && seen > 0 && _removedRound <= seen)
            return;
        // A first answer without a coin says so; so does one that only takes coins away.
        if (!any)
            Begin(output, ref any);
        output.Write("]"u8);
        if (seen > 0 && _removedRound > seen)
            TellRemoved(output, seen, wanted);
        output.Write("}\n\n"u8);
    }

    private void Begin(IBufferWriter<byte> output, ref bool any)
    {
        if (any)
        {
            output.Write(","u8);
            return;
        }
        any = true;
        output.Write("event: prices\ndata: {\"time\":\""u8);
        IsoTime.Format(time.GetUtcNow().ToUnixTimeMilliseconds(), output.GetSpan(IsoTime.Length));
        output.Advance(IsoTime.Length);
        output.Write("\",\"coins\":["u8);
    }

    private void TellRemoved(IBufferWriter<byte> output, long seen, IReadOnlySet<string>? wanted)
    {
        output.Write(",\"removed\":"u8);
        _json.Reset(output);
        _json.WriteStartArray();
        foreach (Entry coin in _ordered)
            if (coin.Removed && coin.ChangedAt > seen && wanted?.Contains(coin.Standing.Instrument.Name) != false)
                _json.WriteStringValue(coin.Standing.Instrument.Name);
        _json.WriteEndArray();
        _json.Flush();
    }

    private void WriteWhole(IBufferWriter<byte> output, Entry coin, bool trail)
    {
        _json.Reset(output);
        BoardJson.Write(_json, board.Show(coin.Standing, Now - _lookedAt, trail));
        _json.Flush();
    }
}
