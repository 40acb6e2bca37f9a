// Reads another process's verdict on itself. What must stay true: only a judge that was seen to look says that all is well; waits
// are counted in looks of one's own, since a machine that is slow to run the judge is slow to run the reader, too.
namespace BybitSpot.App;

internal sealed class VerdictReader(IVerdictSource source)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>A judge that does not look in so many looks does not look at all: it does so each second.</summary>
    private const int LooksMax = 60;

    /// <summary>A program that has just been started has no judge yet.</summary>
    private const int LooksForJudgeMax = 20;

    /// <summary>What a probe has to grant, and the start of the program beside it.</summary>
    public static readonly TimeSpan Longest = LooksMax * LookEvery;

    public VerdictReader(int pid)
        : this(OperatingSystem.IsLinux() ? new ProcVerdict("/proc", pid) : new VerdictFile(Path.GetTempPath(), pid))
    {
    }

    /// <summary>Why the process is not well; null if it is. Takes up to a second, and some six if it is not.</summary>
    public string? Trouble()
    {
        using var never = new ManualResetEvent(false);
        Verdict? first = null;
        for (int look = 0; look < LooksMax; look++)
        {
            if (!source.Lives)
                return "there is no such process";
            if (source.Read() is { } verdict)
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
}
