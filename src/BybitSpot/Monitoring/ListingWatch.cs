// Looks out for symbols that are named and not listed yet, in what REST says of prices anyway: sooner than the next look at the
// list of instruments. Any thread says which; the monitor's thread looks.
using BybitSpot.Market;

namespace BybitSpot.Monitoring;

internal sealed class ListingWatch
{
    private volatile IReadOnlyList<string> _awaited = [];
    private volatile Action _seen = static () => { };
    private HashSet<string> _named = [];

    public IReadOnlyList<string> Awaited => _awaited;

    /// <param name="seen">Called when one of them is named that was not named in the answer before.</param>
    public void Await(IReadOnlyList<string> symbols, Action seen) => (_seen, _awaited) = (seen, symbols);

    /// <param name="prices">An answer of REST's, by symbol.</param>
    public void Look(IReadOnlyDictionary<string, Price> prices)
    {
        if (_awaited.Count == 0 && _named.Count == 0)
            return;
        // One that prices name and the list does not, yet or ever, is told once: the list has its own turn.
        HashSet<string> named = [.. _awaited.Where(prices.ContainsKey)];
        bool isNew = !named.IsSubsetOf(_named);
        _named = named;
        if (isNew)
            _seen();
    }
}
