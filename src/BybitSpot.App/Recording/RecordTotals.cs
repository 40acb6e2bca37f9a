namespace BybitSpot.App;

/// <summary>What a recording has come to. Written by its thread; whole once that has ended.</summary>
internal sealed class RecordTotals
{
    /// <summary>Most files that are named; the rest is counted.</summary>
    private const int FilesNamedMax = 20;

    private readonly List<string> _files = [];

    /// <summary>That came in.</summary>
    public long Messages { get; private set; }

    /// <summary>That went out.</summary>
    public long Requests { get; private set; }

    /// <summary>Of the files, as they lie on the disk.</summary>
    public long Bytes { get; set; }

    public int Files { get; private set; }

    /// <summary>Messages for which there was no room, since the disk did not keep up.</summary>
    public long Dropped { get; set; }

    /// <summary>Longest time in which nothing came in, in microseconds.</summary>
    public long SilenceUs { get; private set; }

    /// <summary>Why it ended by itself; null: it did not.</summary>
    public string? Failure { get; set; }

    private long _lastUs;

    /// <summary>Takes over what another recording has come to, which has ended.</summary>
    public void Add(RecordTotals other)
    {
        Messages += other.Messages;
        Requests += other.Requests;
        Bytes += other.Bytes;
        Dropped += other.Dropped;
        SilenceUs = Math.Max(SilenceUs, other.SilenceUs);
        Failure ??= other.Failure;
        _files.AddRange(other._files.Take(FilesNamedMax - Math.Min(_files.Count, FilesNamedMax)));
        Files += other.Files;
    }

    public void Begin(string file)
    {
        if (Files++ < FilesNamedMax)
            _files.Add(file);
    }

    public void Came(bool incoming, long atUs)
    {
        if (!incoming)
        {
            Requests++;
            return;
        }
        if (Messages++ > 0)
            SilenceUs = Math.Max(SilenceUs, atUs - _lastUs);
        _lastUs = atUs;
    }

    /// <summary>For people, several lines.</summary>
    public string Text()
    {
        string more = Files > _files.Count ? $" and {Files - _files.Count} more" : "";
        string dropped = Dropped == 0 ? "nothing dropped" : $"{Dropped} messages dropped: the disk did not keep up";
        return $"{Messages} messages and {Requests} requests, {new Signals.ByteCount(Bytes)} in {string.Join(", ", _files.Select(TerminalText.Clean))}{more}\n"
            + $"{dropped}; longest silence {Seconds(SilenceUs)} s"
            + (Failure is null ? "" : $"\nthe recording ended by itself: {TerminalText.Clean(Failure)}");
    }

    public string Json() => ToolCommands.Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("messages", Messages);
        json.WriteNumber("requests", Requests);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("dropped", Dropped);
        json.WritePropertyName("longest_silence_s");
        json.WriteRawValue(Seconds(SilenceUs));
        json.WriteNumber("file_count", Files);
        json.Texts("files", _files);
        if (Failure is not null)
            json.WriteString("failure", Failure);
        json.WriteEndObject();
    });

    /// <summary>Microseconds as seconds with three decimals.</summary>
    public static string Seconds(long us) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{us / 1_000_000}.{us % 1_000_000 / 1_000:000}");
}
