using System.Text;
using BybitSpot.App;
using BybitSpot.Tests.App;
using Xunit;
using static BybitSpot.Tests.Recorded.MadeRecording;

namespace BybitSpot.Tests.Recorded;

public sealed class RecordedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"];

    [Theory, MemberData(nameof(Names))]
    public void Cut_at_any_byte_it_reads_to_there_and_replays_to_there_without_an_error(string name)
    {
        string path = _folder.File(name);
        // Three minutes, three messages in each.
        Of(To(path), Tickers(9, 20));
        byte[] whole = File.ReadAllBytes(path);
        List<(long AtUs, string Text)> all = Read(path).Frames;
        string lines = Replayed(new ReplayPlan([path])).Output;
        Assert.Equal((9, 9), (all.Count, lines.Count(c => c == '\n')));
        int before = 0;
        for (int cut = 0; cut <= whole.Length; cut++)
        {
            File.WriteAllBytes(path, whole[..cut]);
            (List<(long, string)> frames, long damaged) = Read(path);
            Assert.True(frames.SequenceEqual(all.Take(frames.Count)), $"cut at {cut}");
            Assert.True(damaged == 0, $"cut at {cut}: {damaged} damaged");
            Assert.True(frames.Count >= before, $"cut at {cut}: {frames.Count} frames, {before} at a cut before");
            before = frames.Count;
            // A line whose newline alone is missing is whole.
            if (name == "a.jsonl")
                Assert.InRange(frames.Count, whole[..cut].Count(b => b == '\n'), whole[..cut].Count(b => b == '\n') + 1);
            string played = Replayed(new ReplayPlan([path])).Output;
            Assert.True(lines.StartsWith(played, StringComparison.Ordinal) && played.Count(c => c == '\n') == frames.Count, $"cut at {cut}");
        }
        Assert.Equal(9, before);
    }

    [Theory, MemberData(nameof(Names))]
    public void From_a_minute_on_the_index_leads_to_the_same_frames_as_reading_everything(string name)
    {
        string path = _folder.File(name);
        Of(To(path), Tickers(200, 3.7));
        List<(long AtUs, string Text)> all = Read(path).Frames;
        string index = path + ".index", kept = File.ReadAllText(index);
        foreach (long fromUs in (long[])[0, all[0].AtUs, all[0].AtUs + 1, all[57].AtUs, all[58].AtUs - 1, all[199].AtUs, all[199].AtUs + 1, long.MaxValue / 2])
        {
            (long, string)[] wanted = [.. all.Where(f => f.AtUs >= fromUs)];
            List<(long AtUs, string Text)> sought = Read(path, fromUs).Frames;
            Assert.Equal(wanted, sought.Where(f => f.AtUs >= fromUs));
            // A minute of them more, at most.
            Assert.InRange(sought.Count, wanted.Length, wanted.Length + 17);
            string played = Replayed(new ReplayPlan([path]) { FromUs = fromUs }).Output;
            File.Delete(index);
            Assert.Equal(all, Read(path, fromUs).Frames);
            Assert.Equal(played, Replayed(new ReplayPlan([path]) { FromUs = fromUs }).Output);
            File.WriteAllText(index, kept);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void An_index_that_is_torn_or_anothers_leads_to_no_other_frames(string name)
    {
        string path = _folder.File(name);
        Of(To(path), Tickers(100, 7));
        List<(long AtUs, string Text)> all = Read(path).Frames;
        string index = path + ".index", kept = File.ReadAllText(index);
        string[] lines = kept.Split('\n');
        long fromUs = all[80].AtUs;
        foreach (string odd in (string[])["", "\n", "x", "1 2 3\n", kept[..(kept.Length / 2)], kept.Replace(" ", " 1", StringComparison.Ordinal), kept.Replace("17", "16", StringComparison.Ordinal), string.Join('\n', lines.Reverse()),
            string.Join('\n', lines.Where(l => l.Length > 0).Select((l, i) => $"{l.Split(' ')[0]} {i * 50}")) + "\n", "1.5 99999999999\n", new string('9', 5_000)])
        {
            File.WriteAllText(index, odd);
            (List<(long AtUs, string Text)> sought, long damaged) = Read(path, fromUs);
            Assert.True(sought.Where(f => f.AtUs >= fromUs).SequenceEqual(all.Skip(80)), odd);
            Assert.Equal(0, damaged);
            Assert.Equal(all, Read(path).Frames);
        }
    }

    [Fact]
    public void A_damaged_line_is_counted_and_the_next_is_read()
    {
        string good = FrameTextTests.Line(Encoding.UTF8.GetBytes(Ticker(1)));
        string path = _folder.Write("a.jsonl", good + "{\"dir\":\"in\",\"rec\n\n  \n" + good + "\0\0\0\0\n" + good + good[..20]);
        (List<(long, string Text)> frames, long damaged) = Read(path);
        Assert.Equal([Ticker(1), Ticker(1), Ticker(1)], frames.Select(f => f.Text));
        Assert.Equal(2, damaged);
    }

    [Fact]
    public void A_line_without_end_is_one_damaged_line_and_the_next_is_read()
    {
        string good = FrameTextTests.Line(Encoding.UTF8.GetBytes(Ticker(1)));
        string path = _folder.Write("a.jsonl", good + new string('x', 2 * RecordedFile.LineBytesMax) + "\n" + good);
        (List<(long, string Text)> frames, long damaged) = Read(path);
        Assert.Equal([Ticker(1), Ticker(1)], frames.Select(f => f.Text));
        Assert.Equal(1, damaged);
    }

    [Theory]
    [InlineData("a.jsonl.gz"), InlineData("a.jsonl.zst")]
    public void A_compressed_file_that_is_damaged_in_one_minute_goes_on_with_the_next(string name)
    {
        string path = _folder.File(name);
        Of(To(path), Tickers(180, 1));
        List<(long AtUs, string Text)> all = Read(path).Frames;
        long[] offsets = [.. File.ReadAllLines(path + ".index").Select(l => long.Parse(l.Split(' ')[1]))];
        Assert.InRange(offsets.Length, 3, 4);
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan((int)offsets[1] + 12, 40).Fill(0xFF);
        File.WriteAllBytes(path, bytes);

        (List<(long AtUs, string Text)> frames, long damaged) = Read(path);
        Assert.NotEqual(0, damaged);
        Assert.Empty(frames.Except(all));
        long[] minutes = [.. all.Select(f => f.AtUs / 60_000_000).Distinct()];
        foreach (long minute in minutes.Where(m => m != minutes[1]))
            Assert.Equal(all.Where(f => f.AtUs / 60_000_000 == minute), frames.Where(f => f.AtUs / 60_000_000 == minute));
    }

    [Fact]
    public void What_it_writes_the_tools_read_and_what_they_write_it_reads()
    {
        foreach ((string tool, string name) in (IEnumerable<(string, string)>)[("gzip", "a.jsonl.gz"), ("zstd", "a.jsonl.zst")])
        {
            Assert.SkipUnless(Deploy.Script.IsThere(tool), $"{tool} is not installed");
            string path = _folder.File(name), plain = _folder.File(tool + ".jsonl");
            Of(To(path), Tickers(200, 1));
            (int status, string output, string errors) = Deploy.Script.Run(tool, ["-dc", path]);
            Assert.Equal((0, ""), (status, errors));
            File.WriteAllText(plain, output + "\n");
            Assert.Equal(Read(path).Frames, Read(plain).Frames);
            Assert.Equal(0, Deploy.Script.Run(tool, ["-k", plain]).Status);
            Assert.Equal(Read(path).Frames, Read(plain + name["a.jsonl".Length..]).Frames);
        }
    }

    [Fact]
    public void What_is_read_here_no_way_says_what_to_do()
    {
        Assert.Contains("none.jsonl", Assert.Throws<RecordingException>(() => Read(_folder.File("none.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Path, Assert.Throws<RecordingException>(() => Read(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
