// Where the minutes of a recording begin, as FILE.index says; see RecordFile. What must stay true: it is a hint and no more. One that is
// missing, torn, or of another recording leads to the start of the file, never to other frames: whoever goes where it says looks whether
// the frame that it names stands there.
using System.Globalization;

namespace BybitSpot.App;

/// <param name="AtUs">When the first message of a minute came, in microseconds since 1970.</param>
/// <param name="Offset">Where it stands in the file, in bytes.</param>
internal readonly record struct RecordMinute(long AtUs, long Offset);

internal static class RecordIndex
{
    /// <summary>A longer one is no index of ours: a line a minute, for ten years.</summary>
    private const long BytesMax = 256L * 1024 * 1024;

    /// <summary>The minutes of a recording in order; none if there is no index that can be read.</summary>
    public static IReadOnlyList<RecordMinute> Of(string path)
    {
        var minutes = new List<RecordMinute>();
        try
        {
            string index = path + RecordFile.IndexEnding;
            if (!File.Exists(index) || new FileInfo(index).Length > BytesMax)
                return minutes;
            using var stream = new FileStream(index, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.ASCII);
            string text = reader.ReadToEnd();
            // What stands behind the last newline was torn off.
            foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
                if (Parse(line) is not { } minute || (minutes.Count > 0 && (minute.AtUs < minutes[^1].AtUs || minute.Offset <= minutes[^1].Offset)))
                    break;
                else
                    minutes.Add(minute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same as none.
        }
        return minutes;
    }

    private static RecordMinute? Parse(string line)
    {
        string[] parts = line.Split(' ');
        return parts.Length == 2
            && decimal.TryParse(parts[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds < 1e12m
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                ? new RecordMinute((long)(seconds * 1_000_000), offset)
                : null;
    }
}
