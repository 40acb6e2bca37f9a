// What another process tells over HTTP: its events as they come, or where it has no room for one more listener its answers each 2 s. A
// thread of its own, `board`, asks and reads; Look gives what it knows. What must stay true: what does not answer, or falls silent, is
// told within seconds, and asked again until it answers; whatever answers there, sizes and times have limits.
using System.Net;
using System.Text.Json;
using BybitSpot.Net;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal sealed class BoardOverHttp : IBoardSource
{
    /// <summary>An answer of all coins with their trails, or an error's text.</summary>
    private const int AnswerMaxBytes = ServerSentEvents.SizeMax;

    /// <summary>For an answer's beginning; and for whoever looks first.</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromSeconds(3);

    /// <summary>A status comes each second.</summary>
    private static readonly TimeSpan s_silenceLimit = TimeSpan.FromSeconds(5);

    /// <summary>Between two tries, and between two questions where there are no events to be had.</summary>
    private static readonly TimeSpan s_againAfter = TimeSpan.FromSeconds(1), s_askEvery = TimeSpan.FromSeconds(2);

    /// <summary>How often events are asked for again, where they were refused, in questions.</summary>
    private const int AsksForEachTry = 10;

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEventSlim _known = new();
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, (BoardCoin Coin, TimeSpan At)> _coins = new(StringComparer.Ordinal);
    private readonly TrailKeeper _trails = new();
    private BoardStatus? _status;
    private string? _trouble;

    /// <param name="url">Its address, without a path.</param>
    public BoardOverHttp(Uri url, TimeProvider time)
    {
        (_url, _time, _start) = (url, time, time.GetTimestamp());
        Name = url.GetLeftPart(UriPartial.Authority);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = s_answerLimit })
        {
            // The limits are set for each question.
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = AnswerMaxBytes,
        };
        OwnThread.Start("board", Run, (_, fault) => Trouble(fault.Message));
    }

    public string Name { get; }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    public BoardView Look()
    {
        // The first answer decides whether there is anything to show.
        _known.Wait(s_answerLimit - TimeSpan.FromMilliseconds(200));
        lock (_gate)
        {
            TimeSpan now = Now;
            if (_trouble is null)
                _trails.Take(_coins.Values.Select(c => (c.Coin.Coin, c.Coin.Price)), now);
            BoardCoin[] coins = [.. _coins.Values.Select(c => c.Coin with { Age = c.Coin.Age + (now - c.At), Trail = _trails.Of(c.Coin.Coin, c.Coin.Price) })];
            return new BoardView(_status, coins, _trouble ?? (_known.IsSet ? null : "it has not answered yet"));
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _known.Set();
        _client.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!Follow())
                    Ask();
            }
            catch (Exception failure) when (HttpTrouble.Is(failure) || failure is OperationCanceledException or InvalidDataException or JsonException or ObjectDisposedException)
            {
                Trouble(WordsOf(failure));
            }
            _stop.Token.WaitHandle.WaitOne(s_againAfter);
        }
    }

    /// <summary>Takes events until they end.</summary>
    /// <returns>False: they are not to be had there, at least not now.</returns>
    private bool Follow()
    {
        using HttpResponseMessage answer = Get("/events?trail=1", HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound)
            return false;
        if (!answer.IsSuccessStatusCode)
            throw new InvalidDataException($"it answers {(int)answer.StatusCode}{Said(answer)}");
        var events = new ServerSentEvents();
        using Stream stream = answer.Content.ReadAsStream();
        byte[] bytes = new byte[32 * 1024];
        bool first = true;
        while (true)
        {
            int count;
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                limit.CancelAfter(s_silenceLimit);
                // No stream of an answer has a limit for a read that waits.
                count = stream.ReadAsync(bytes, limit.Token).AsTask().GetAwaiter().GetResult();
            }
            if (count == 0)
                throw new InvalidDataException("it has ended the connection");
            events.Take(bytes.AsSpan(0, count), (name, data) =>
            {
                if (name == "status")
                    TakeStatus(BoardReading.Status(data));
                else if (name == "prices")
                {
                    TakePrices(data, whole: first);
                    first = false;
                }
            });
        }
    }

    /// <summary>Asks for all, a few times.</summary>
    private void Ask()
    {
        for (int asked = 0; asked < AsksForEachTry && !_stop.IsCancellationRequested; asked++)
        {
            TakeStatus(BoardReading.Status(Body("/status")));
            TakePrices(Body("/prices?trail=1"), whole: true);
            _stop.Token.WaitHandle.WaitOne(s_askEvery);
        }
    }

    private ReadOnlyMemory<byte> Body(string path)
    {
        using HttpResponseMessage answer = Get(path, HttpCompletionOption.ResponseContentRead);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidDataException($"it answers {(int)answer.StatusCode} to {path}{Said(answer)}");
        using var body = new MemoryStream();
        answer.Content.ReadAsStream().CopyTo(body);
        return body.ToArray();
    }

    private HttpResponseMessage Get(string path, HttpCompletionOption when)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(s_answerLimit);
        return _client.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(_url, path)), when, limit.Token);
    }

    private static string Said(HttpResponseMessage answer)
    {
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return ": is it another program, or an older bybitspot?";
        byte[] text = new byte[1024];
        int length = answer.Content.ReadAsStream().ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        return BoardReading.Error(text.AsMemory(0, length)) is { } said ? $": {said}" : "";
    }

    private void TakeStatus(BoardStatus status)
    {
        lock (_gate)
            (_status, _trouble) = (status, null);
    }

    private void TakePrices(ReadOnlyMemory<byte> text, bool whole)
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            var before = whole ? _coins.ToDictionary(c => c.Key, c => c.Value.Coin, StringComparer.Ordinal) : null;
            if (whole)
                _coins.Clear();
            BoardReading.Prices(
                text,
                each =>
                {
                    if (BoardReading.Coin(each, Known, out float[]? trail) is not { } coin || (_coins.Count >= BoardReading.CoinsMax && !_coins.ContainsKey(coin.Coin)))
                        return;
                    _coins[coin.Coin] = (coin, now);
                    if (trail is not null)
                        _trails.Begin(coin.Coin, trail);
                },
                gone =>
                {
                    _coins.Remove(gone);
                    _trails.Forget(gone);
                });
            _trouble = null;

            BoardCoin? Known(string name) => whole ? before!.GetValueOrDefault(name) : _coins.TryGetValue(name, out (BoardCoin Coin, TimeSpan) found) ? found.Coin : null;
        }
        _known.Set();
    }

    private void Trouble(string reason)
    {
        lock (_gate)
            _trouble = TerminalText.Clean(reason);
        _known.Set();
    }

    private static string WordsOf(Exception failure) => failure switch
    {
        OperationCanceledException => "it does not answer in time",
        HttpRequestException { InnerException: System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.ConnectionRefused } } => "nothing listens there",
        HttpRequestException { InnerException: { } inner } => inner.Message,
        JsonException => "what answers there is no bybitspot",
        _ => failure.Message,
    };
}
