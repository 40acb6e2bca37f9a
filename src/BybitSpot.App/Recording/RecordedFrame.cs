// One line of a recording taken apart. Pure. Keys may stand in any order, what is not known is passed over.
using System.Buffers.Text;
using System.Text.Json;

namespace BybitSpot.App;

/// <param name="AtUs">Microseconds since 1970.</param>
/// <param name="Line">The line that it came on, 1 unless said.</param>
/// <param name="Length">Of the message, in bytes.</param>
internal readonly record struct RecordedFrame(bool Incoming, long AtUs, int Line, int Length)
{
    /// <summary>A line's number is a bit's in the order rule.</summary>
    private const int LineMax = 63;

    /// <summary>No year has so many seconds before it that dates can tell (9999).</summary>
    private const double SecondsMax = 253_402_300_799;

    /// <summary>False: the line is damaged.</summary>
    /// <param name="message">Takes the message; as long as the line at least.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, Span<byte> message, out RecordedFrame frame)
    {
        frame = default;
        bool? incoming = null;
        double seconds = -1;
        int number = 1, length = -1;
        bool exact = false;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isDir = reader.ValueTextEquals("dir"u8), isTime = reader.ValueTextEquals("recv_ts"u8), isRaw = reader.ValueTextEquals("raw"u8);
                bool isLine = reader.ValueTextEquals("line"u8), isBytes = reader.ValueTextEquals("bytes"u8);
                reader.Read();
                if (isDir)
                    incoming = reader.ValueTextEquals("in"u8) ? true : reader.ValueTextEquals("out"u8) ? false : null;
                else if (isTime)
                    seconds = reader.GetDouble();
                else if (isRaw && !exact)
                    length = reader.CopyString(message);
                else if (isLine)
                    number = reader.TryGetInt32(out int told) ? told : 0;
                else if (isBytes)
                {
                    exact = Base64.DecodeFromUtf8(reader.ValueSpan, message, out _, out length) == System.Buffers.OperationStatus.Done;
                    if (!exact)
                        return false;
                }
                else
                    reader.Skip();
            }
            // Anything behind the object makes this throw.
            while (reader.Read())
            {
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Broken JSON, a value of another kind, a string that is no Unicode, a number that is none.
            return false;
        }
        if (incoming is not { } direction || length < 0 || number is < 1 or > LineMax || seconds is not (>= 0 and <= SecondsMax))
            return false;
        frame = new RecordedFrame(direction, (long)Math.Round(seconds * 1e6), number, length);
        return true;
    }
}
