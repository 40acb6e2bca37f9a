namespace BybitSpot.App;

/// <summary>A recording cannot be read; the message names it.</summary>
internal sealed class RecordingException(string message) : Exception(message);
