// In which order a name's addresses are tried. Pure. What must stay true: the resolver's first stays first; after it the families
// take turns (RFC 8305, section 4), so that one family without a way out costs one attempt and not all; within a family the
// resolver's order stands; no address is tried twice.
namespace BybitSpot.Net;

internal static class AddressOrder
{
    /// <summary>Most addresses of one name that are tried; the system's resolver changes their order by itself.</summary>
    public const int AddressesMax = 8;

    public static List<T> InTurn<T>(IEnumerable<T> addresses, Func<T, int> familyOf)
        where T : notnull
    {
        // Families in the order in which they first appear.
        List<Queue<T>> families = [.. addresses.Distinct().GroupBy(familyOf).Select(family => new Queue<T>(family))];
        var ordered = new List<T>();
        for (int turn = 0; ordered.Count < AddressesMax && families.Count > 0; turn++)
        {
            turn %= families.Count;
            ordered.Add(families[turn].Dequeue());
            if (families[turn].Count == 0)
                families.RemoveAt(turn--);
        }
        return ordered;
    }
}
