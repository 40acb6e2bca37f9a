using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <summary>Tells what there is to say about coins, each thing once for as long as it holds. The coins thread alone.</summary>
internal sealed class CoinNotes(ILogger log, MarketRules market)
{
    /// <summary>Most notes that one list of coins may log.</summary>
    public const int NotesMax = 100;

    private readonly HashSet<string> _keysTold = new(StringComparer.Ordinal);
    private HashSet<SymbolNote> _told = [];
    private IReadOnlyList<string>? _refusedList;

    /// <param name="notes">All that holds now.</param>
    /// <param name="waitingFor">Symbols about which REST is being asked: nothing is known about them yet.</param>
    /// <param name="listAwaited">Whether a list is still to come.</param>
    public void Tell(IReadOnlyList<SymbolNote> notes, List<string> waitingFor, bool listAwaited)
    {
        if (notes.Count == 0 && _told.Count == 0)
            return;
        var holding = new HashSet<SymbolNote>();
        int shown = 0, cut = 0;
        foreach (SymbolNote note in notes)
        {
            string symbol = SymbolText.Of(note.Symbol, market);
            bool told = _told.Contains(note);
            if (!told && note.Refused && ((listAwaited && symbol == Watchlist.Everything) || waitingFor.Contains(symbol)))
                continue;
            if (!holding.Add(note) || told)
                continue;
            if (shown == NotesMax)
                cut++;
            else if (note.Refused)
                log.CoinRefused(note.Symbol, note.Reason);
            else
                log.CoinTidied(note.Symbol, note.Reason);
            shown = Math.Min(shown + 1, NotesMax);
        }
        if (cut > 0)
            log.CoinNotesCut(cut);
        _told = holding;
    }

    public void TellUnknownKeys(string file, IReadOnlyList<(string Key, int Line)> keys)
    {
        foreach ((string key, int line) in keys)
            if (_keysTold.Count < NotesMax && _keysTold.Add(key))
                log.CoinsKeyUnknown(file, line, key);
    }

    public void TellAllRefused(string file, IReadOnlyList<string> symbols)
    {
        if (ReferenceEquals(_refusedList, symbols))
            return;
        _refusedList = symbols;
        log.CoinsAllRefused(file, symbols.Count);
    }
}
