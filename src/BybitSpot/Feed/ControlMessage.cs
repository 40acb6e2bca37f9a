using System.Text.Json;

namespace BybitSpot.Feed;

/// <summary>
/// An answer of the exchange to a request:
/// <c>{"success":false,"ret_msg":"Invalid symbol :[publicTrade.XUSDT]","conn_id":"…","req_id":"7","op":"subscribe"}</c>.
/// </summary>
/// <param name="Operation">subscribe, unsubscribe, ping or pong; empty if absent.</param>
/// <param name="RequestId">As we sent it; empty if the exchange left it out.</param>
internal sealed record ControlMessage(string Operation, bool Success, string Reason, string RequestId)
{
    /// <summary>Longest reason kept, in characters: it goes into logs.</summary>
    public const int ReasonLengthMax = 300;

    /// <summary>Longest text in which topics are looked for: the names of a whole request, each twice and more.</summary>
    public const int WordsLengthMax = 4_096;

    /// <summary>The reason, longer than logs take it: it may name many topics.</summary>
    public string Words { get; init; } = Reason;

    public bool IsPong => Operation is "pong" || (Operation is "ping" && Success) || Reason is "pong";

    /// <summary>Reads a message that <see cref="TickDecoder"/> took for <see cref="Verdict.Control"/>; null if it is no answer.</summary>
    public static ControlMessage? Parse(ReadOnlySpan<byte> frame)
    {
        string operation = "", reason = "", requestId = "";
        bool? success = null;
        try
        {
            var reader = new Utf8JsonReader(frame);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("op"u8))
                    operation = ReadText(ref reader);
                else if (reader.ValueTextEquals("ret_msg"u8))
                    reason = ReadText(ref reader);
                else if (reader.ValueTextEquals("req_id"u8))
                    requestId = ReadText(ref reader);
                else if (reader.ValueTextEquals("success"u8))
                {
                    reader.Read();
                    success = reader.TokenType switch
                    {
                        JsonTokenType.True => true,
                        JsonTokenType.False => false,
                        JsonTokenType.String => Truth(reader.GetString()!),
                        _ => null,
                    };
                    reader.Skip();
                }
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
        if (operation.Length == 0 && success is null)
            return null;
        return new ControlMessage(operation, success ?? operation == "pong", Cut(reason, ReasonLengthMax), requestId) { Words = Cut(reason, WordsLengthMax) };
    }

    // "true" as text is true, however it is written.
    private static bool? Truth(string text) => bool.TryParse(text, out bool truth) ? truth : null;

    private static string Cut(string text, int lengthMax) =>
        text.Length <= lengthMax ? text : text[..(char.IsHighSurrogate(text[lengthMax - 1]) ? lengthMax - 1 : lengthMax)];

    private static string ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        reader.Skip();
        return text;
    }
}
