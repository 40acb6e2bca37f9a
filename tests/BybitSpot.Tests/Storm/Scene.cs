using System.Globalization;

namespace BybitSpot.Tests.Storm;

/// <summary>Happenings put down by hand, second by second: what the check is tried on.</summary>
internal sealed class Scene
{
    /// <summary>A price's exchange time: its step in seconds after this.</summary>
    public const long FirstMs = 1_725_895_825_123;

    public const string Status = "price_feed:spot:box-1";

    private readonly List<Happening> _happenings = [];

    /// <summary>Two coins on the watchlist, each with its first price shown.</summary>
    public Scene()
    {
        for (int coin = 0; coin < 2; coin++)
        {
            _happenings.Add(new Watched(TimeSpan.Zero, NameOf(coin), true));
            Moves(0, coin, 0);
        }
    }

    public static string NameOf(int coin) => $"C{coin:00}";

    public static long TimeOf(int step) => FirstMs + 1_000 * step;

    public static string Iso(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The exchange trades and shows it.</summary>
    public Scene Moves(double at, int coin, int step)
    {
        _happenings.Add(new Moved(At(at), NameOf(coin), step, Ledger.PriceOf(coin, step)));
        return Shows(at, coin, step, TimeOf(step));
    }

    /// <summary>The exchange trades and shows it to nobody.</summary>
    public Scene MovesUnseen(double at, int coin, int step)
    {
        _happenings.Add(new Moved(At(at), NameOf(coin), step, Ledger.PriceOf(coin, step)));
        return this;
    }

    public Scene Shows(double at, int coin, int step, long timeMs)
    {
        _happenings.Add(new Shown(At(at), NameOf(coin), Ledger.PriceOf(coin, step), timeMs, "ticker"));
        return this;
    }

    /// <summary>The whole hash of a step, as it should be.</summary>
    public Scene Writes(double at, int coin, int step, long? timeMs = null) =>
        Does(at, "HSET", $"bybit_spot:{NameOf(coin)}", "ltp", Ledger.PriceOf(coin, step), "timestamp", Iso(timeMs ?? TimeOf(step)), "original_symbol", NameOf(coin) + "USDT");

    public Scene Does(double at, params string[] words)
    {
        _happenings.Add(new Carried(At(at), words));
        return this;
    }

    /// <summary>The status keys, written as their scripts write them.</summary>
    public Scene Says(double at, string state, params string[] stale)
    {
        Does(at, "DEL", Status + ":coins");
        Does(at, ["HSET", Status + ":coins", .. Enumerable.Range(0, 2).Select(NameOf).SelectMany(c => new[] { c, state is "live" or "degraded" && !stale.Contains(c) ? "fresh" : "stale" })]);
        Does(at, "EXPIRE", Status + ":coins", "15");
        Does(at, "HSET", Status, "state", state, "stale", $"{stale.Length}");
        Does(at, "EXPIRE", Status, "15");
        Does(at, "DEL", Status + ":stale");
        if (stale.Length == 0)
            return this;
        Does(at, ["SADD", Status + ":stale", .. stale]);
        return Does(at, "EXPIRE", Status + ":stale", "15");
    }

    /// <summary>The same from one second to another, every five seconds.</summary>
    public Scene GoesOnSaying(double from, double to, string state, params string[] stale)
    {
        for (double at = from; at <= to; at += 5)
            Says(at, state, stale);
        return this;
    }

    public Scene Watches(double at, int coin, bool on)
    {
        _happenings.Add(new Watched(At(at), NameOf(coin), on));
        return this;
    }

    public Scene Empties(double at)
    {
        _happenings.Add(new Emptied(At(at)));
        return this;
    }

    public Scene Excuses(double from, double until)
    {
        _happenings.Add(new Excused(At(from), At(until), "for a test"));
        return this;
    }

    public StormVerdict Judge(double end, bool statusDemanded = false) =>
        StormCheck.Of([.. _happenings.Where(h => h.At <= At(end)).OrderBy(h => h.At)], new StormLimits { StatusDemanded = statusDemanded }, At(end));

    /// <summary>The charges, without those of the end unless they are asked for.</summary>
    public IReadOnlyList<Offence> Offences(double end, bool statusDemanded = false, bool atTheEnd = false) =>
        [.. Judge(end, statusDemanded).Charges.Select(c => c.Offence).Where(o => atTheEnd || o is not (Offence.MissingAtTheEnd or Offence.WrongAtTheEnd or Offence.LeftAtTheEnd))];

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
