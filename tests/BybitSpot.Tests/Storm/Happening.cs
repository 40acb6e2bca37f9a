namespace BybitSpot.Tests.Storm;

// What happens in a storm, on both sides of the program, in one order of one monotonic clock: what the exchange's prices were
// and what it showed, what Redis carried out, and what must be known to judge both.

/// <param name="At">Since the storm's clock was started.</param>
internal abstract record Happening(TimeSpan At);

/// <summary>The coin's last price at the exchange became this; its prices are numbered from 0 and never come twice.</summary>
internal sealed record Moved(TimeSpan At, string Coin, int Step, string Price) : Happening(At);

/// <summary>The exchange showed this price with this time: a trade with its T, a ticker with its ts, or REST with the answer's.</summary>
internal sealed record Shown(TimeSpan At, string Coin, string Price, long TimeMs, string By) : Happening(At);

/// <summary>The coin came onto the watchlist, or left it.</summary>
internal sealed record Watched(TimeSpan At, string Coin, bool On) : Happening(At);

/// <summary>Redis carried out a command; what a script does has the time of the script, since nobody can look in between.</summary>
internal sealed record Carried(TimeSpan At, string[] Words) : Happening(At);

/// <summary>A Redis ended; the next one begins empty.</summary>
internal sealed record Emptied(TimeSpan At) : Happening(At);

/// <summary>Time in which the program could not be expected to do anything: it, Redis or this machine stood still.</summary>
internal sealed record Excused(TimeSpan At, TimeSpan Until, string Why) : Happening(At);

/// <summary>Only for whoever reads the account of a failure.</summary>
internal sealed record Told(TimeSpan At, string What) : Happening(At);
