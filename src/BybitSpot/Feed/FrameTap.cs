namespace BybitSpot.Feed;

/// <summary>
/// Sees every text message of the stream as it came, whatever it turns out to be, and every request of ours. Called by the lines' threads
/// before the message is decoded, so it must not wait, and allocates nothing.
/// </summary>
/// <param name="line">The line's number, from 1.</param>
/// <param name="incoming">From the exchange; else sent to it.</param>
/// <param name="at">When it was received or sent, a time stamp of the time provider's. Messages of one receive share it.</param>
/// <param name="text">Its bytes, until the call returns.</param>
public delegate void FrameTap(int line, bool incoming, long at, ReadOnlySpan<byte> text);
