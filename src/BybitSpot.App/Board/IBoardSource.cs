namespace BybitSpot.App;

/// <summary>What a source knows at one moment.</summary>
/// <param name="Status">Null: the source knows prices alone (Redis without a running instance behind it).</param>
/// <param name="Coins">By name.</param>
/// <param name="Trouble">Why this is not how things stand now, in words; null if it is. Coins and status are then the last that were known.</param>
internal sealed record BoardView(BoardStatus? Status, IReadOnlyList<BoardCoin> Coins, string? Trouble);

/// <summary>Where a view takes what it shows: this process, another one's HTTP, or Redis.</summary>
internal interface IBoardSource : IDisposable
{
    /// <summary>Where that is, for people: <c>http://127.0.0.1:9464</c>, <c>redis 127.0.0.1:6379</c>.</summary>
    string Name { get; }

    /// <summary>As things stand. Asked a few times a second by one thread; may take as long as a question over the network takes, never longer than 3 s.</summary>
    BoardView Look();
}
