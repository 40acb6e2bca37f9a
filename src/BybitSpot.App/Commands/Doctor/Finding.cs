namespace BybitSpot.App;

/// <summary>What one step of the doctor's came to.</summary>
internal enum Health : byte
{
    Ok,

    /// <summary>It works, and may not always.</summary>
    Warning,
    Wrong,

    /// <summary>It was not tried, since something before it is wrong or it is turned off.</summary>
    Skipped,
}

/// <param name="Step">Its name, a word or two.</param>
/// <param name="Text">What was found.</param>
/// <param name="Advice">What to do about it; null where nothing is to be done.</param>
internal sealed record Finding(string Step, Health Health, string Text, string? Advice = null);
