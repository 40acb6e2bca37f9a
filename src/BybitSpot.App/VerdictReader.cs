// Reads another process's verdict on itself from /proc. What must stay true: only a judge that was seen to look says that all is
// well; waits are counted in looks of one's own, since a machine that is slow to run the judge is slow to run the reader, too.
namespace BybitSpot.App;

internal sealed class VerdictReader(string procFolder, int pid)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>A judge that does not look in so many looks does not look at all: it does so each second.</summary>
    private const int LooksMax = 60;

    /// <summary>A program that has just been started has no judge yet.</summary>
    private const int LooksForJudgeMax = 20;

    /// <summary>What a probe has to grant, and the start of the program beside it.</summary>
    public static readonly TimeSpan Longest = LooksMax * LookEvery;

    private readonly string _folder = Path.Combine(procFolder, $"{pid}");
    private string? _judge;

    /// <summary>Why the process is not well; null if it is. Takes up to a second, and some six if it is not.</summary>
    public string? Trouble()
    {
        using var never = new ManualResetEvent(false);
        Verdict? first = null;
        for (int look = 0; look < LooksMax; look++)
        {
            if (!Directory.Exists(_folder))
                return "there is no such process";
            if (Read() is { } verdict)
            {
                first ??= verdict;
                if (verdict.Look != first.Value.Look)
                    return verdict.Stalled is { } thread ? $"the thread \"{thread}\" does nothing" : null;
            }
            else if (first is null && look >= LooksForJudgeMax)
            {
                return "it is no bybitspot that says how it is: another program, an older version, or one that is just starting or ending";
            }
            never.WaitOne(LookEvery);
        }
        return "it is stopped, or hangs altogether: nothing looks after its threads";
    }

    private Verdict? Read()
    {
        if (_judge is not null && TryRead(_judge) is { } known)
            return known;
        _judge = null;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(Path.Combine(_folder, "task")))
                if (TryRead(thread) is { } found)
                {
                    _judge = thread;
                    return found;
                }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is not ours to look at.
        }
        return null;
    }

    private static Verdict? TryRead(string thread)
    {
        try
        {
            return Verdict.TryParse(File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd('\n'), out Verdict verdict) ? verdict : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
