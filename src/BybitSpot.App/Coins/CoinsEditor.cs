// Writes an edited coins file: whole and at once, by a rename in the same folder, so that no reader (a running bot) ever sees a
// half of it. What must stay true: mode and owner stay; a link stays a link and its target is edited; two edits at once both
// count; an edit that somebody else's save overtakes starts anew from what that one left.
namespace BybitSpot.App;

internal sealed class CoinsEditor(string path, TimeProvider time)
{
    /// <summary>How long an edit waits for another one to end.</summary>
    private static readonly TimeSpan TurnWithin = TimeSpan.FromSeconds(3);

    /// <summary>What an edit that died leaves behind is cleared away by the next one after this long.</summary>
    private static readonly TimeSpan TurnAgeMax = TimeSpan.FromSeconds(10);

    private const int AttemptsMax = 5;

    /// <summary>Reads, edits, and writes if there is something to write. Trouble with the file is a refusal.</summary>
    public CoinsEdit Apply(Func<byte[], CoinsEdit> edit)
    {
        try
        {
            // Nothing to do takes no turn: it works in a folder that cannot be written as well.
            if (Read(out byte[] content) is { } unreadable)
                return new CoinsEdit(null, [], [], new CoinsError(1, unreadable));
            CoinsEdit first = edit(content);
            return first.Content is null ? first : Write(Target(), edit);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new CoinsEdit(null, [], [], Refusal: $"it cannot be written ({failure.Message})");
        }
    }

    public string? Read(out byte[] content)
    {
        FileContent read = PatientReader.Once(path, CoinsFile.BytesMax, time);
        content = read.Span.ToArray();
        return read.Trouble is { } trouble ? $"it {trouble}" : null;
    }

    private string Target() => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);

    private CoinsEdit Write(string target, Func<byte[], CoinsEdit> edit)
    {
        string draft = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.edit");
        for (int attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            // The new file is the turn, too: whoever makes it edits, the others wait until it is gone.
            if (TakeTurn(draft) is not { } file)
                return new CoinsEdit(null, [], [], Refusal: $"somebody else is editing it ({draft} exists)");
            bool renamed = false;
            try
            {
                CoinsEdit made;
                byte[] content;
                using (file)
                {
                    if (Read(out content) is { } unreadable)
                        return new CoinsEdit(null, [], [], new CoinsError(1, unreadable));
                    made = edit(content);
                    if (made.Content is null)
                        return made;
                    file.Write(made.Content);
                    file.Flush(flushToDisk: true);
                }
                if (!FileRights.Keep(target, draft))
                    return new CoinsEdit(null, [], [], Refusal: "it belongs to another user and would not any more: edit it as that user, or as root");
                if (Read(out byte[] now) is null && now.AsSpan().SequenceEqual(content))
                {
                    FileRights.Replace(target, draft);
                    renamed = true;
                    return made;
                }
            }
            finally
            {
                if (!renamed)
                    File.Delete(draft);
            }
        }
        return new CoinsEdit(null, [], [], Refusal: "somebody else keeps saving it");
    }

    private FileStream? TakeTurn(string draft)
    {
        long start = time.GetTimestamp();
        using var pause = new ManualResetEvent(false);
        while (true)
        {
            try
            {
                return new FileStream(draft, FileRights.New());
            }
            catch (IOException) when (File.Exists(draft) || time.GetElapsedTime(start) < TimeSpan.FromMilliseconds(200))
            {
                if (time.GetUtcNow() - File.GetLastWriteTimeUtc(draft) > TurnAgeMax && File.Exists(draft))
                    File.Delete(draft);
                else if (time.GetElapsedTime(start) > TurnWithin)
                    return null;
                pause.WaitOne(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
