// What stands in a file of a secret: one line of text. Pure. What must stay true: no message holds any of it.
using System.Text;

namespace BybitSpot.App;

internal static class SecretText
{
    /// <summary>Longest file of a secret, in bytes.</summary>
    public const int BytesMax = 16 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

    /// <returns>What is wrong with the content, in words that follow the file's name; null: nothing.</returns>
    /// <param name="secret">Without the end of the line, which editors and echo put there, and without a byte order mark.</param>
    public static string? Take(ReadOnlySpan<byte> content, out string secret)
    {
        secret = "";
        string text;
        try
        {
            text = s_utf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return "holds no text (UTF-8)";
        }
        text = text.TrimStart('\uFEFF').TrimEnd('\r', '\n');
        if (text.Length == 0)
            return "is empty";
        if (text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            return "holds more than one line";
        secret = text;
        return null;
    }
}
