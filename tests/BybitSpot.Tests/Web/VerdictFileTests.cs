using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Web;

/// <summary>The verdict as other systems than Linux tell it: in a file.</summary>
[Trait("Fault", "95")]
public sealed class VerdictFileTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_judge_that_looks_on_is_believed_whatever_he_says_and_his_file_goes_with_him()
    {
        int here = Environment.ProcessId;
        using (VerdictFile.Writer? writer = VerdictFile.Writer.Create(_folder, here))
        {
            Assert.NotNull(writer);
            writer.Show(Verdict.NameOf(1, "redis-second"));
            Assert.Equal(new Verdict(1, "redis-second"), new VerdictFile(_folder, here).Read());
            Assert.Null(TroubleWhile(here, look => writer.Show(Verdict.NameOf(look, null))));
            Assert.Contains("\"redis\" does nothing", TroubleWhile(here, look => writer.Show(Verdict.NameOf(look, "redis"))), StringComparison.Ordinal);
            Assert.Contains("stopped, or hangs", TroubleWhile(here, _ => { }), StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.Null(new VerdictFile(_folder, here).Read());
        Assert.Contains("it is no bybitspot", TroubleWhile(here, _ => { }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_process_left_behind_that_is_gone_is_not_believed()
    {
        File.WriteAllText(Path.Combine(_folder, $"bybitspot-{int.MaxValue}.alive"), "judge:01".PadRight(32));
        Assert.Equal("there is no such process", new VerdictReader(new VerdictFile(_folder, int.MaxValue)).Trouble());
    }

    [Fact]
    public void Where_no_file_can_be_had_nothing_is_said_and_the_program_goes_on() =>
        Assert.Null(VerdictFile.Writer.Create(Path.Combine(_folder, "none"), 1));

    private string? TroubleWhile(int pid, Action<int> looks)
    {
        Task<string?> found = Task.Factory.StartNew(() => new VerdictReader(new VerdictFile(_folder, pid)).Trouble(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (int look = 10; !found.Wait(300); look++)
            looks(look);
        return found.Result;
    }
}
