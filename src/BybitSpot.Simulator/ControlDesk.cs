using System.Text;
using System.Text.Json;

namespace BybitSpot.Simulator;

// Answers what clients ask on the stream: subscribe, unsubscribe, ping. A request is decided on whole, under the gate, so an
// ack is in the connection's outbox before the first data of its topics (spot; linear may be the other way round, see
// DataBeforeAck).
//   → {"req_id":"7","op":"subscribe","args":["tickers.BTCUSDT"]}
//   ← {"success":true,"ret_msg":"subscribe","conn_id":"…","req_id":"7","op":"subscribe"}
internal sealed class ControlDesk(Exchange exchange)
{
    private const int SpotArgsMax = 10;

    /// <summary>Linear and inverse name no limit, but connections that asked for more at once were closed.</summary>
    private const int OtherArgsMax = 500;

    /// <summary>All args of one connection together; the words of the refusal are ours, nobody has published the real ones.</summary>
    private const int ArgsCharsMax = 21_000;

    private readonly TextBuffer _snapshot = new();

    public bool AnswersPings => !exchange.Faults.NoPong && (!exchange.Faults.Silent || exchange.Faults.SilentAnswersPings);

    private bool IsSpot => exchange.Options.Market == "spot";

    public void Handle(Connection connection, ReadOnlySpan<byte> message)
    {
        var text = Encoding.UTF8.GetString(message);
        lock (exchange.Gate)
        {
            if (!TryParse(text, out var request)) Answer(connection, false, "error:request is no JSON object", null, "");
            else Handle(connection, request);
            // After the deed, so that a test that waits for the request finds it done.
            exchange.Received(connection, text);
        }
    }

    private void Handle(Connection connection, Request request)
    {
        var faults = exchange.Faults;
        switch (request.Op)
        {
            case "ping":
                if (AnswersPings) Answer(connection, true, "pong", request.ReqId, "ping", optionalReqId: true);
                break;
            case "subscribe" or "unsubscribe" when faults.NoAck || faults.Silent:
                break;
            case "subscribe" when faults.AckDelayMs > 0:
                exchange.Agenda.Add(exchange.Now + TimeSpan.FromMilliseconds(faults.AckDelayMs), () =>
                {
                    lock (exchange.Gate)
                    {
                        if (exchange.IsOpen(connection)) Subscribe(connection, request);
                        exchange.Changed();
                    }
                });
                break;
            case "subscribe":
                Subscribe(connection, request);
                break;
            case "unsubscribe":
                if (!faults.DeafToUnsubscribe) foreach (var topic in request.Args) exchange.Topics.Remove(topic, connection);
                Answer(connection, true, IsSpot ? "unsubscribe" : "", request.ReqId, request.Op);
                break;
            default:
                Answer(connection, false, $"error:unknown op,op:{request.Op}", request.ReqId, request.Op);
                break;
        }
    }

    private void Subscribe(Connection connection, Request request)
    {
        if (!IsSpot && request.Args.Count > OtherArgsMax)
        {
            connection.End(HangUp.CloseFrame, 1008, "too many topics in a request");
            return;
        }
        var taken = new List<string>();
        string? refusal = null;
        if (exchange.Faults.SubscribeRefusal is { } words) refusal = words;
        else if (IsSpot && request.Args.Count > SpotArgsMax) refusal = "args size >10";
        else if (connection.Entry.Topics.Sum(topic => topic.Length) + request.Args.Sum(topic => topic.Length) > ArgsCharsMax) refusal = "args length >21000";
        else
        {
            var bad = new List<string>();
            foreach (var topic in request.Args)
            {
                var wrong = Wrong(connection, topic, taken);
                if (wrong is null && (bad.Count == 0 || !exchange.Faults.TakeUpToBadTopic)) taken.Add(topic);
                if (wrong is not null) bad.Add(topic);
                refusal ??= wrong;
            }
            if (bad.Count > 0 && exchange.Faults.BadTopicWords is { } format && !connection.Entry.Topics.Contains(bad[0]))
                refusal = format.Replace("{0}", bad[0]).Replace("{1}", string.Join(',', bad));
            // Whole: nothing of it is subscribed. On spot unverified, hence the switches.
            if (refusal is not null && !exchange.Faults.RefuseBadTopicAlone && !exchange.Faults.TakeUpToBadTopic) taken.Clear();
        }
        if (refusal is null && exchange.Faults.AlreadySubscribed && taken.Count > 0) refusal = AlreadySubscribed(taken[0]);

        if (exchange.Faults.DataBeforeAck) SendSnapshots(connection, taken);
        Answer(connection, refusal is null, refusal ?? (IsSpot ? "subscribe" : ""), request.ReqId, request.Op);
        // The answer may have ended a connection that was too far behind: nothing may be left in the book of it.
        if (!exchange.IsOpen(connection)) return;
        foreach (var topic in taken)
        {
            exchange.Topics.Add(topic, connection);
            connection.Dead.Subscribed(topic);
            exchange.Venue.Subscribed(topic);
        }
        if (!exchange.Faults.DataBeforeAck) SendSnapshots(connection, taken);
        if (refusal is null) exchange.Acknowledged();
    }

    /// <summary>Why the topic is refused, in the exchange's words, or null.</summary>
    private string? Wrong(Connection connection, string topic, List<string> sameRequest)
    {
        if (connection.Entry.Topics.Contains(topic) || sameRequest.Contains(topic)) return AlreadySubscribed(topic);
        if (!Topic.HasKnownKind(topic)) return $"error:handler not found,topic:{topic}";
        if (exchange.Venue.Knows(topic) && !exchange.Faults.IsRefused(Topic.Symbol(topic))) return null;
        // A space stands before the colon, and only one topic is named however many are wrong.
        return IsSpot ? $"Invalid symbol :[{topic}]" : $"error:handler not found,topic:{topic}";
    }

    private static string AlreadySubscribed(string topic) => $"error:already subscribed,topic:{topic}";

    private void SendSnapshots(Connection connection, List<string> topics)
    {
        if (exchange.Faults.NoSnapshot) return;
        foreach (var topic in topics)
        {
            if (exchange.Venue.TrySnapshot(topic, _snapshot)) exchange.SendSnapshot(connection, topic, _snapshot.Written);
        }
    }

    private void Answer(Connection connection, bool success, string message, string? reqId, string op, bool optionalReqId = false)
    {
        if (exchange.Faults.NoReqId) reqId = null;
        // Spot leaves the key out when none was sent, linear writes it empty.
        else if (!IsSpot && !optionalReqId) reqId ??= "";
        var id = reqId is null ? "" : $"\"req_id\":{JsonText.Quote(reqId)},";
        var said = exchange.Faults.SuccessAsText ? success ? "\"true\"" : "\"False\"" : success ? "true" : "false";
        connection.SendText(Encoding.UTF8.GetBytes(
            $$"""{"success":{{said}},"ret_msg":{{JsonText.Quote(message)}},"conn_id":"{{connection.ConnectionId}}",{{id}}"op":{{JsonText.Quote(op)}}}"""));
    }

    private static bool TryParse(string text, out Request request)
    {
        request = default;
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            var op = root.TryGetProperty("op", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            var reqId = root.TryGetProperty("req_id", out value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var args = root.TryGetProperty("args", out value) && value.ValueKind == JsonValueKind.Array
                ? value.EnumerateArray().Select(arg => arg.ToString()).ToList() : [];
            request = new Request(op, reqId, args);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private readonly record struct Request(string Op, string? ReqId, List<string> Args);
}
