using System.Globalization;
using System.Text.Json;
using BybitSpot.Feed;

namespace BybitSpot.App;

/// <summary>What a replay has come to, for its summary.</summary>
/// <param name="counts">Of the messages, by what became of them.</param>
internal sealed class ReplayTotals(ReplayCounts counts)
{
    /// <summary>A longer time in which nothing came in is a gap: half of what an idle connection's pings leave between two answers.</summary>
    public const long GapUs = 10_000_000;

    private long _firstUs = -1, _lastUs;

    public long Messages { get; private set; }

    public long Requests { get; set; }

    /// <summary>Lines and stretches of the files that could not be used.</summary>
    public long Damaged { get; set; }

    public int Coins { get; set; }

    public long Gaps { get; private set; }

    public long SilenceUs { get; private set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Writes that Redis has confirmed; null: none was asked for.</summary>
    public long? Written { get; set; }

    private long RecordedUs => Math.Max(0, _lastUs - Math.Max(0, _firstUs));

    private double PerSecond => Messages / Math.Max(Elapsed.TotalSeconds, 1e-6);

    /// <summary>A message that came in.</summary>
    public void Came(long atUs)
    {
        if (Messages++ == 0)
            _firstUs = _lastUs = atUs;
        long silence = atUs - _lastUs;
        SilenceUs = Math.Max(SilenceUs, silence);
        if (silence > GapUs)
            Gaps++;
        _lastUs = Math.Max(_lastUs, atUs);
    }

    /// <summary>For people, several lines.</summary>
    public string Text()
    {
        string dropped = string.Join(", ", counts.Dropped.Select(d => $"{d.Key} {d.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"{Messages} messages of {RecordTotals.Seconds(RecordedUs)} s played in {Elapsed.TotalSeconds:0.000} s, {PerSecond:0} a second\n")
            + $"{counts.Prices} prices of {Coins} coins; late {counts.Late}, duplicates {counts.Duplicates}, without a price {counts.Unpriced}, of other coins {counts.Others}\n"
            + $"dropped {(dropped.Length == 0 ? "nothing" : dropped)}; damaged lines {Damaged}; gaps {Gaps}, longest silence {RecordTotals.Seconds(SilenceUs)} s"
            + (Written is { } written ? $"\n{written} writes to Redis" : "");
    }

    public string Json() => ToolCommands.Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("messages", Messages);
        json.WriteNumber("tickers", counts.Tickers);
        json.WriteNumber("trades", counts.Trades);
        json.WriteNumber("books", counts.Books);
        json.WriteNumber("answers", counts.Controls);
        json.WriteNumber("requests", Requests);
        json.WriteNumber("coins", Coins);
        json.WriteNumber("prices", counts.Prices);
        json.WriteNumber("late", counts.Late);
        json.WriteNumber("duplicates", counts.Duplicates);
        json.WriteNumber("unpriced", counts.Unpriced);
        json.WriteNumber("other_coins", counts.Others);
        json.WriteStartObject("dropped");
        foreach ((string reason, long count) in counts.Dropped)
            json.WriteNumber(reason, count);
        json.WriteEndObject();
        json.WriteNumber("damaged", Damaged);
        json.WriteNumber("gaps", Gaps);
        Number(json, "longest_silence_s", RecordTotals.Seconds(SilenceUs));
        Number(json, "recorded_s", RecordTotals.Seconds(RecordedUs));
        Number(json, "elapsed_s", Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        Number(json, "messages_per_second", PerSecond.ToString("0", CultureInfo.InvariantCulture));
        if (Written is { } written)
            json.WriteNumber("redis_writes", written);
        json.WriteEndObject();
    });

    private static void Number(Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(text);
    }
}
