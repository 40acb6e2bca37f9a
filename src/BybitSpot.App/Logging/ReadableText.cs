// What stays as it is in a JSON log line: letters of every script, apostrophes, and all else that neither a line, a terminal nor a
// page could take for something of its own. Pure. What must stay true: control and format characters, line and paragraph
// separators, halves of surrogate pairs, quotes, and what begins a tag (a log may end up in a page) are escaped.
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace BybitSpot.App;

internal sealed class ReadableText : JavaScriptEncoder
{
    /// <summary>Of one character: \uXXXX.</summary>
    private const int EscapeLength = 6;

    /// <summary>Those above the first 65,536 are written as two.</summary>
    public override int MaxOutputCharactersPerInputCharacter => 2 * EscapeLength;

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is < ' ' or > '~'
            // The replacement character stands for what was no text.
            ? unicodeScalar == Rune.ReplacementChar.Value || !Rune.TryCreate(unicodeScalar, out Rune rune) || !TerminalText.Harmless(rune)
            : unicodeScalar is '"' or '\\' or '<' or '>' or '&';

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var rest = new ReadOnlySpan<char>(text, textLength);
        for (int i = 0; i < textLength;)
        {
            if (Rune.DecodeFromUtf16(rest[i..], out Rune rune, out int length) != System.Buffers.OperationStatus.Done || WillEncode(rune.Value))
                return i;
            i += length;
        }
        return -1;
    }

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var into = new Span<char>(buffer, bufferLength);
        Span<char> plain = stackalloc char[2];
        int length = new Rune(unicodeScalar).EncodeToUtf16(plain);
        numberOfCharactersWritten = 0;
        if (!WillEncode(unicodeScalar) || unicodeScalar is '"' or '\\')
        {
            string before = WillEncode(unicodeScalar) ? "\\" : "";
            if (before.Length + length > bufferLength)
                return false;
            before.CopyTo(into);
            plain[..length].CopyTo(into[before.Length..]);
            numberOfCharactersWritten = before.Length + length;
            return true;
        }
        if (length * EscapeLength > bufferLength)
            return false;
        for (int i = 0; i < length; i++)
            into[(i * EscapeLength)..].TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)plain[i]:x4}", out _);
        numberOfCharactersWritten = length * EscapeLength;
        return true;
    }
}
