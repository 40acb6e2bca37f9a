// Which coins `get` shows: those that were named; else all that running instances watch, those of the coins file first and in
// its order; else, while no instance runs, those of the file. Asked anew now and then while it watches.
using BybitSpot.Market;

namespace BybitSpot.App;

/// <param name="named">As the user named them; empty: he named none.</param>
/// <param name="ofFile">The coins file's, in its order; null where it cannot be read or names none one by one.</param>
/// <param name="fileTrouble">Why <paramref name="ofFile"/> is null, for whoever has nothing else, and the exit status for it.</param>
internal sealed class ShownCoins(IReadOnlyList<string> named, IReadOnlyList<string>? ofFile, (string Reason, int Status)? fileTrouble, TimeProvider time)
{
    /// <summary>How often it is looked whether others are watched.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private const string Nobody = "no running bybitspot says in Redis what it watches, and";

    private IReadOnlyList<string> _coins = [];
    private long _lookedAt;

    /// <summary>Whether the user named them.</summary>
    public bool AreNamed => named.Count > 0;

    /// <summary>Why there is nothing to show, and the exit status for it; null if there is something.</summary>
    public (string Reason, int Status)? Trouble { get; private set; }

    /// <exception cref="PriceReaderException">Redis cannot be asked.</exception>
    public IReadOnlyList<string> Now(PriceReader reader)
    {
        if (named.Count > 0)
            return named;
        if (_lookedAt != 0 && time.GetElapsedTime(_lookedAt) < LookEvery)
            return _coins;
        _lookedAt = time.GetTimestamp();
        _coins = Order(reader.Watched(), ofFile);
        Trouble = _coins.Count == 0 ? fileTrouble : null;
        return _coins;
    }

    /// <summary>The watched coins in the file's order, then the others by name; the file's alone where nobody watches any.</summary>
    public static IReadOnlyList<string> Order(IReadOnlyList<string> watched, IReadOnlyList<string>? ofFile)
    {
        if (watched.Count == 0)
            return ofFile ?? [];
        var left = new SortedSet<string>(watched, StringComparer.Ordinal);
        List<string> ordered = [.. (ofFile ?? []).Where(left.Remove)];
        return [.. ordered, .. left];
    }

    /// <summary>Takes the settings' coins file for what it is worth.</summary>
    public static ShownCoins Of(IReadOnlyList<string> named, Settings settings, TimeProvider time)
    {
        if (named.Count > 0)
            return new ShownCoins(named, null, null, time);
        new CoinsReading(settings.CoinsFile, time).Look(again: true, out CoinsFile? file);
        if (file!.Error is { } wrong)
            return new ShownCoins([], null, ($"{Nobody} the coins file does not help: {SettingFlags.CoinsError(settings.CoinsFile, settings.CoinsFileSource, wrong)}", ExitStatus.Configuration), time);
        if (file.Symbols.Any(s => s.Trim() == Watchlist.Everything))
            return new ShownCoins([], null, ($"{Nobody} {TerminalText.Clean(settings.CoinsFile)} says \"{Watchlist.Everything}\", {settings.Market.EverythingText}: name the coins to show", ExitStatus.Failed), time);
        return new ShownCoins([], [.. Watchlist.Resolve(file.Symbols, null, settings.Market).Watchlist.Instruments.Select(i => i.Coin)], null, time);
    }
}
