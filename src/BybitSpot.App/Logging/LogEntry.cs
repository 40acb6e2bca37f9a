// Turns one log event into one line of bytes: a flat JSON object, or text for people. Runs on the thread that logs. What must
// stay true: exactly one newline, at the end; nothing from outside can break the line or steer a terminal, in either form: the
// only escape sequences are this file's own colours; bounded length.
using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal static class LogEntry
{
    /// <summary>Longest text of one field, in characters; the rest is cut.</summary>
    public const int TextMax = 4_096;

    /// <summary>Most fields of its own that an event shows.</summary>
    public const int FieldsMax = 64;

    /// <summary>Shorter secrets are parts of ordinary words, and hiding them everywhere would give them away.</summary>
    public const int SecretLengthMin = 6;

    private const string Faint = "\e[2m", Red = "\e[1;31m", Yellow = "\e[33m", Green = "\e[32m", Plain = "\e[0m";

    private static readonly JsonWriterOptions Readable = new() { Encoder = new ReadableText(), SkipValidation = false };

    public static byte[] Json(
        long unixMs, LogLevel level, string logger, string? name, object? state, string message, Exception? exception, string[] secrets)
    {
        var line = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            Span<byte> time = stackalloc byte[24];
            IsoTime.Format(unixMs, time);
            json.WriteStartObject();
            json.WriteString("timestamp"u8, time);
            json.WriteString("level"u8, NameOf(level));
            json.WriteString("event"u8, name ?? "message");
            json.WriteString("logger"u8, logger);
            if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
                for (int i = 0; i < Math.Min(fields.Count, FieldsMax); i++)
                    WriteField(json, fields[i].Key, fields[i].Value, secrets);
            if (exception is not null)
                json.WriteString("exception"u8, Safe(exception.ToString(), secrets));
            json.WriteString("message"u8, Safe(message, secrets));
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    public static byte[] Text(long unixMs, LogLevel level, string logger, string message, Exception? exception, string[] secrets, bool coloured = false)
    {
        Span<byte> time = stackalloc byte[24];
        IsoTime.Format(unixMs, time);
        var line = new StringBuilder(160);
        (string faint, string colour, string plain) = coloured ? (Faint, ColourOf(level), Plain) : ("", "", "");
        line.Append(faint).Append(Encoding.ASCII.GetString(time)).Append(plain).Append(' ')
            .Append(colour).Append(NameOf(level).ToUpperInvariant().PadRight(5)).Append(plain).Append(' ')
            .Append(logger.PadRight(5)).Append(' ')
            .Append(TerminalText.Clean(Safe(message, secrets)));
        if (exception is not null)
            line.Append(" | ").Append(TerminalText.Clean(Safe(exception.ToString(), secrets)));
        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    private static string ColourOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => Red,
        LogLevel.Warning => Yellow,
        LogLevel.Information => Green,
        _ => Faint,
    };

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn",
        LogLevel.Information => "info",
        _ => "debug",
    };

    private static void WriteField(Utf8JsonWriter json, string name, object? value, string[] secrets)
    {
        if (name == "{OriginalFormat}")
            return;
        // The frame of the line keeps its names; an event's own field steps aside.
        if (name is "timestamp" or "level" or "event" or "logger" or "message" or "exception")
            name += "_";
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case string text: json.WriteString(name, Safe(text, secrets)); break;
            case int number: json.WriteNumber(name, number); break;
            case long number: json.WriteNumber(name, number); break;
            case uint number: json.WriteNumber(name, number); break;
            case ulong number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case decimal number: json.WriteNumber(name, number); break;
            case ILoggedNumber counted: json.WriteNumber(name, counted.Number); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case IFormattable other: json.WriteString(name, Safe(other.ToString(null, CultureInfo.InvariantCulture), secrets)); break;
            default: json.WriteString(name, Safe(value.ToString() ?? "", secrets)); break;
        }
    }

    /// <summary>Without secrets, and cut to <see cref="TextMax"/>.</summary>
    private static string Safe(string text, string[] secrets)
    {
        foreach (string secret in secrets)
            if (secret.Length >= SecretLengthMin)
                text = text.Replace(secret, "***", StringComparison.Ordinal);
        return text.Length <= TextMax ? text : text[..TextMax] + "…";
    }
}
