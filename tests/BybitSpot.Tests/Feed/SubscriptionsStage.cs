using System.Text.Json;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>One connection's subscriptions, a clock, and an exchange that answers what they ask for.</summary>
public abstract class SubscriptionsStage
{
    private protected readonly Subscriptions _subscriptions = new([Channel.Ticker, Channel.Trade], Venue.Spot);
    private protected TimeSpan _now;

    // A coin's slot is its letter's place in the alphabet.
    private protected void Want(params string[] coins) => _subscriptions.Want(coins.Select(c => (new Instrument(c + "USDT", c), c[0] - 'A')));

    private protected void Granted(params string[] coins)
    {
        Want(coins);
        Converse();
    }

    // What is asked for now, unanswered.
    private protected List<string> Asked()
    {
        var asked = new List<string>();
        while (_subscriptions.NextRequest(_now) is { } request)
            asked.Add(Told(request).Text);
        return asked;
    }

    private protected void Converse(Func<string, bool>? isBad = null) => ConverseAll(isBad);

    // Answers as an exchange that knows all topics but the bad ones, until everything was answered.
    private protected List<string> ConverseAll(Func<string, bool>? isBad = null)
    {
        var asked = new List<string>();
        while (_subscriptions.NextRequest(_now) is { } request)
        {
            (string text, string[] topics) = Told(request);
            asked.Add(text);
            Answer(request, topics.FirstOrDefault(t => isBad?.Invoke(t) ?? false) is { } bad ? $"no {bad}" : null);
        }
        return asked;
    }

    private protected void Answer(string request, string? refusal)
    {
        using JsonDocument json = JsonDocument.Parse(request);
        var answer = new ControlMessage(json.RootElement.GetProperty("op").GetString()!, refusal is null, refusal ?? "", json.RootElement.GetProperty("req_id").GetString()!);
        Assert.True(_subscriptions.Answer(answer, _now, out _));
    }

    private static (string Text, string[] Topics) Told(string request)
    {
        using JsonDocument json = JsonDocument.Parse(request);
        string[] topics = [.. json.RootElement.GetProperty("args").EnumerateArray().Select(a => a.GetString()!)];
        return ($"{json.RootElement.GetProperty("op").GetString()} {string.Join(' ', topics)}", topics);
    }
}
