// All that the view is at a moment: what it was told, what was pressed, and the lines that this makes on a screen of some size. Pure: no
// terminal, no clock. What must stay true: it never makes more lines than the screen has, nor a wider one; it is asked by one thread.
using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <param name="Running">Since the view was opened, by the monotonic clock: ages and fading go by it.</param>
/// <param name="Clock">The time of day, to be shown.</param>
internal readonly record struct TopTime(TimeSpan Running, DateTimeOffset Clock);

/// <param name="source">Where the prices come from, as the head names it.</param>
/// <param name="sortedBy">At first.</param>
internal sealed class TopState(string source, TopSort sortedBy)
{
    /// <summary>More than any coin's name.</summary>
    private const int FilterMax = 32;

    private static readonly TopSort[] s_sorts = [TopSort.Coin, TopSort.Price, TopSort.Opened, TopSort.Day, TopSort.Age, TopSort.State];

    private readonly Dictionary<string, PriceMovement> _movements = new(StringComparer.Ordinal);
    private List<TopCoin> _coins = [];
    private BoardStatus? _status;
    private TimeSpan _takenAt, _statusAt;
    private (string Reason, TopTime Since)? _trouble;
    private TopSort _sortedBy = sortedBy;
    private bool _descending, _typing, _help;
    private string _filter = "";
    private int _first, _page = 1, _count;

    /// <summary>Lines of the log at the foot, newest last; null: there is no such pane.</summary>
    public IReadOnlyList<string>? Log { get; set; }

    /// <summary>Takes what the source knows.</summary>
    public void Take(BoardView view, TopTime now)
    {
        _trouble = view.Trouble is { } reason ? (reason, _trouble?.Since ?? now) : null;
        if (view.Status?.Time != _status?.Time)
            _statusAt = now.Running;
        (_status, _takenAt) = (view.Status, now.Running);
        var coins = new List<TopCoin>(view.Coins.Count);
        foreach (BoardCoin coin in view.Coins)
        {
            if (!_movements.TryGetValue(coin.Coin, out PriceMovement? movement))
                _movements.Add(coin.Coin, movement = new PriceMovement());
            movement.Take(coin.Price, now.Running);
            coins.Add(new TopCoin(coin, movement, coins.Count));
        }
        _coins = coins;
        if (_movements.Count <= coins.Count)
            return;
        // A coin that is not watched any more begins anew when it is watched again.
        var there = coins.Select(c => c.Coin.Coin).ToHashSet(StringComparer.Ordinal);
        foreach (string gone in _movements.Keys.Where(k => !there.Contains(k)).ToList())
            _movements.Remove(gone);
    }

    /// <summary>Takes a key.</summary>
    /// <returns>False if it ends the view.</returns>
    public bool Press(ConsoleKeyInfo key)
    {
        if (_help)
        {
            _help = false;
            return key.KeyChar is not ('q' or 'Q');
        }
        if (_typing)
        {
            Type(key);
            return true;
        }
        switch (key.Key, key.KeyChar)
        {
            case (_, 'q' or 'Q'): return false;
            case (_, '?' or 'h'): _help = true; break;
            case (_, '/'): _typing = true; break;
            case (ConsoleKey.Escape, _): _filter = ""; break;
            case (_, 's' or '>'): SortBy(+1); break;
            case (_, 'S' or '<'): SortBy(-1); break;
            case (_, 'r' or 'R'): _descending = !_descending; break;
            default: Scroll(key); break;
        }
        return true;
    }

    public IReadOnlyList<SegmentLine> Draw(int width, int height, TopTime now)
    {
        TopHead head = HeadFor(width, now);
        var lines = new List<SegmentLine>();
        if (height >= 8)
            lines.Add(head.Title(now.Clock));
        lines.Add(head.State());
        if (height >= 8)
            lines.AddRange(head.Figures(height < 14 ? 1 : height < 24 ? 2 : 4));
        int log = Log is null || height < 16 ? 0 : height < 30 ? 4 : 7;
        int body = Math.Max(height - lines.Count - log - 1, 1);
        lines.AddRange(_help ? TopHelp.Lines(width, body) : Body(width, body, now));
        if (log > 0)
            lines.AddRange(TopLog.Lines(Log!, width, log));
        lines.Add(Foot());
        return lines.Count > height ? lines[..Math.Max(height, 0)] : lines;

        SegmentLine Foot() => new TopFoot(_first, _page, _count, TopOrder.TitleOf(_sortedBy) is { } title ? title + TopOrder.MarkOf(_descending) : null, _filter, _typing, _help).Line(width);
    }

    private List<SegmentLine> Body(int width, int height, TopTime now)
    {
        List<TopCoin> shown = TopOrder.Sorted(_filter.Length == 0 ? _coins : _coins.Where(c => c.Matches(_filter)), _sortedBy, _descending);
        (_page, _count) = (Math.Max(height - 1, 1), shown.Count);
        _first = Math.Clamp(_first, 0, Math.Max(0, _count - _page));
        var table = new TopTable(TopColumns.For(shown, width), width, _sortedBy, _descending, _trouble is not null);
        List<SegmentLine> lines = [table.Head(), .. shown.Skip(_first).Take(_page).Select(c => table.Row(c, now.Running, now.Running - _takenAt))];
        if (shown.Count == 0)
            lines.Add(new ScreenLine(width).Gap(1).Add(_coins.Count == 0 ? "no coin is known yet" : $"no coin matches {_filter}: Esc shows all", Looks.Faint).Done);
        while (lines.Count < height)
            lines.Add([]);
        return lines;
    }

    private TopHead HeadFor(int width, TopTime now) => new(_status, source, width)
    {
        SinceLook = now.Running - _statusAt,
        Trouble = _trouble is var (reason, since) ? (reason, since.Clock, now.Running - since.Running) : null,
    };

    private void Scroll(ConsoleKeyInfo key)
    {
        int first = (key.Key, key.KeyChar) switch
        {
            (ConsoleKey.DownArrow, _) or (_, 'j') => _first + 1,
            (ConsoleKey.UpArrow, _) or (_, 'k') => _first - 1,
            (ConsoleKey.PageDown, _) or (_, ' ') => _first + _page,
            (ConsoleKey.PageUp, _) or (_, 'b') => _first - _page,
            (ConsoleKey.Home, _) or (_, 'g') => 0,
            (ConsoleKey.End, _) or (_, 'G') => _count,
            _ => _first,
        };
        _first = Math.Clamp(first, 0, Math.Max(0, _count - _page));
    }

    private void SortBy(int step)
    {
        int at = Array.IndexOf(s_sorts, _sortedBy);
        int next = at < 0 && step < 0 ? s_sorts.Length - 1 : (at + step + s_sorts.Length) % s_sorts.Length;
        _sortedBy = s_sorts[next];
        _descending = TopOrder.BeginsDescending(_sortedBy);
        _first = 0;
    }

    private void Type(ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Enter)
            _typing = false;
        else if (key.Key == ConsoleKey.Escape)
            (_typing, _filter) = (false, "");
        else if (key.Key == ConsoleKey.Backspace)
            _filter = _filter.Length == 0 ? "" : _filter[..^1];
        else if (key.KeyChar > ' ' && !char.IsControl(key.KeyChar) && !char.IsSurrogate(key.KeyChar) && _filter.Length < FilterMax)
            _filter += key.KeyChar;
        else
            Scroll(new ConsoleKeyInfo((char)0, key.Key, false, false, false));
    }
}
