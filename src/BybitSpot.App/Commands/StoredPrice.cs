using System.Net.Sockets;

namespace BybitSpot.App;

/// <summary>What Redis holds of a coin; all null when it holds nothing.</summary>
/// <param name="Note">For people: why there is no price, or why it cannot be believed.</param>
/// <param name="State">What it is worth: fresh, quiet, stale or unwatched; null if there is none, or if that is not known.</param>
internal sealed record StoredPrice(string Coin, string? Price, string? Timestamp, string? Symbol, string? Note = null, string? State = null)
{
    /// <summary>Whether it cannot be believed; null if there is none, or if that is not known.</summary>
    public bool? IsStale => State is null ? null : State is not (FeedStanding.Fresh or FeedStanding.Quiet);

    /// <summary>The fields that its hash has beside the three, by their names there, as guarded writes and REDIS_HASH_FIELDS=extended leave them.</summary>
    public IReadOnlyList<(string Name, string Value)> More { get; init; } = [];

    /// <param name="withMore">Whether another bid, for example, makes it another.</param>
    public bool Shows(StoredPrice other, bool withMore) => this == other with { More = More } && (!withMore || More.SequenceEqual(other.More));
}

/// <summary>Redis cannot be asked; the message is one line for people.</summary>
internal sealed class PriceReaderException(string message) : Exception(message)
{
    public static PriceReaderException Unreachable(RedisOptions redis, Exception failure)
    {
        SocketError? error = ((failure as SocketException) ?? failure.InnerException as SocketException)?.SocketErrorCode;
        string reason = failure is OperationCanceledException || error is SocketError.TimedOut or SocketError.WouldBlock
            ? $"no answer within {PriceReader.Limit.TotalSeconds:0} s"
            : error is null ? TerminalText.Clean(failure.Message)
            : redis.UnixPath is not null && error == SocketError.AddressNotAvailable ? "there is no socket at that path"
            : redis.UnixPath is not null && error == SocketError.AccessDenied ? "the socket at that path may not be used: its rights"
            : error == SocketError.ConnectionRefused ? "connection refused"
            : error is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData ? "the host's name is not known"
            : new SocketException((int)error).Message;
        string place = redis.PlaceSetting == SettingsTable.RedisHost ? "REDIS_HOST and REDIS_PORT say" : $"{redis.PlaceSetting} says";
        return new($"no Redis at {TerminalText.Clean(redis.Endpoint)} ({reason}): is it running? {place} where it is");
    }

    public static PriceReaderException Refused(RedisOptions redis, string refusal, string setting) =>
        new($"the Redis at {TerminalText.Clean(redis.Endpoint)} refuses ({TerminalText.Clean(refusal)}): check {setting}");
}
