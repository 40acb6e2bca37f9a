using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Web;

[Trait("Fault", "95")]
public sealed class VerdictTests : IDisposable
{
    private const int Pid = 4711;
    private readonly string _proc = Journeys.Repository.NewScratchFolder();

    [Theory]
    [InlineData(7, null, "judge:07")]
    [InlineData(123, null, "judge:23")]
    [InlineData(107, "redis", "hung:07 redis")]
    [InlineData(99, "line-12", "hung:99 line-12")]
    public void A_verdict_is_a_name_that_the_kernel_keeps_whole_and_reads_as_it_was_meant(long look, string? stalled, string name)
    {
        Assert.Equal(name, Verdict.NameOf(look, stalled));
        Assert.InRange(name.Length, 1, 15);
        Assert.True(Verdict.TryParse(name, out Verdict verdict));
        Assert.Equal(new Verdict((int)(look % 100), stalled), verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("redis")]
    [InlineData("judge")]
    [InlineData("judge:")]
    [InlineData("judge:1")]
    [InlineData("judge:+1")]
    [InlineData("judge:123")]
    [InlineData("judge:07 x")]
    [InlineData("hung:07")]
    [InlineData("hung:07 ")]
    [InlineData("hung:xx redis")]
    public void Other_names_are_no_verdict(string name) => Assert.False(Verdict.TryParse(name, out _));

    [Fact]
    public void A_judge_that_looks_on_is_believed_whatever_he_says()
    {
        Thread("12", "bybitspot");
        string judge = Thread("34", "judge:01");
        Assert.Null(TroubleWhile(() => File.WriteAllText(judge, "judge:02\n")));
        Assert.Contains("\"redis\" does nothing", TroubleWhile(() => File.WriteAllText(judge, "hung:03 redis\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_judge_that_says_all_is_well_and_never_looks_again_is_not_believed()
    {
        Thread("34", "judge:01");
        Assert.Contains("stopped, or hangs", TroubleWhile(() => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_without_a_judge_is_said_to_be_no_bybitspot_and_none_to_be_none()
    {
        Assert.Equal("there is no such process", TroubleWhile(() => { }));
        Thread("12", "bybitspot");
        Thread("13", "coins");
        Assert.Contains("it is no bybitspot", TroubleWhile(() => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_just_starting_is_waited_for()
    {
        Thread("12", "bybitspot");
        int look = 0;
        string? judge = null;
        Assert.Null(TroubleWhile(() =>
        {
            judge ??= Thread("34", "judge:01");
            File.WriteAllText(judge, Verdict.NameOf(++look, null) + "\n");
        }));
    }

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    /// <summary>What is found while something happens again and again beside it.</summary>
    private string? TroubleWhile(Action happens)
    {
        Task<string?> found = Task.Factory.StartNew(() => new VerdictReader(new ProcVerdict(_proc, Pid)).Trouble(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!found.Wait(300))
            happens();
        return found.Result;
    }

    private string Thread(string id, string name)
    {
        string folder = Path.Combine(_proc, $"{Pid}", "task", id);
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "comm");
        File.WriteAllText(file, name + "\n");
        return file;
    }
}
