using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>Asks REST what a look at the whole needs: the clocks, and which symbols trade.</summary>
public static class RestProbe
{
    /// <summary>How far the exchange's clock is ahead of this machine's, from one answer; half its way is the error at most.</summary>
    /// <param name="answered">How long the answer took.</param>
    /// <returns>Null, or why there is no answer.</returns>
    public static RestTrouble? ClockOffset(RestClient rest, Venue venue, TimeProvider time, CancellationToken stop, out TimeSpan offset, out TimeSpan answered)
    {
        (offset, answered) = default((TimeSpan, TimeSpan));
        DateTimeOffset asked = time.GetUtcNow();
        if (new Tickers(rest, venue).Ask(new HashSet<string>(), stop, out TickersAnswer? answer) is { } trouble)
            return trouble;
        answered = time.GetElapsedTime(answer!.AskedAt, answer.AnsweredAt);
        if (answer.TimeMs != 0)
            offset = DateTimeOffset.FromUnixTimeMilliseconds(answer.TimeMs) - (asked + answered / 2);
        return null;
    }

    /// <summary>What trades there now.</summary>
    /// <returns>Null, or why there is no answer.</returns>
    public static RestTrouble? Listed(RestClient rest, Venue venue, CancellationToken stop, out InstrumentList? listed)
    {
        InstrumentsAnswer answer = new Instruments(rest, venue).Ask(stop);
        listed = answer.Listed is { } all ? new InstrumentList(all) : null;
        return answer.Trouble;
    }
}
