using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class RecorderTests
{
    [Theory]
    [InlineData("""+1795528206.478 [0 127.0.0.1:46392] "HSET" "bybit_spot:BTC" "ltp" "1.50" """, false, "HSET|bybit_spot:BTC|ltp|1.50")]
    [InlineData("""+1795528206.478 [0 lua] "SADD" "k" "A" "" """, true, "SADD|k|A|")]
    [InlineData("""+1.2 [0 lua] "HSET" "k" "a" "x\"y\\z\n\x41" """, true, "HSET|k|a|x\"y\\z\nA")]
    [InlineData("""+1.2 [0 unix:/tmp/a] "PING" """, false, "PING")]
    public void A_line_of_MONITOR_is_cut_into_its_words_whatever_is_in_them(string line, bool byScript, string words)
    {
        MonitorLine parsed = MonitorLine.Parse(line)!;
        Assert.Equal((byScript, words), (parsed.ByScript, string.Join('|', parsed.Words)));
    }

    [Theory]
    [InlineData("OK")]
    [InlineData("")]
    [InlineData("+1.2 [0 lua]")]
    public void What_is_no_command_is_none(string line) => Assert.Null(MonitorLine.Parse(line));

    [Fact]
    public void Everything_that_Redis_does_is_recorded_over_two_lives_and_none_of_what_it_is_asked()
    {
        using RedisServer redis = RedisServer.Start(RedisRecorder.ServerSettings);
        var account = new Account();
        using var recorder = new RedisRecorder(account);
        recorder.Begin(redis);
        for (int i = 0; i < 2_000; i++)
            redis.Ask("HSET", "a", "n", $"{i}");
        redis.Ask("EVAL", "redis.call('HSET',KEYS[1],'n','x') redis.call('EXPIRE',KEYS[1],15) return 1", "1", "b");
        redis.Ask("HGETALL", "a");
        recorder.Verify(redis);
        redis.Kill();
        recorder.End();
        redis.Launch();
        recorder.Begin(redis);
        redis.Ask("HSET", "a", "n", "again");
        recorder.Verify(redis);
        string[] told = [.. account.InOrder().Select(h => h is Carried carried ? string.Join(' ', carried.Words) : h.GetType().Name)];
        Assert.Equal([.. Enumerable.Range(0, 2_000).Select(i => $"HSET a n {i}"), "HSET b n x", "EXPIRE b 15", "Emptied", "HSET a n again"], told);
        Carried[] script = [.. account.InOrder().OfType<Carried>().Where(c => c.Words[1] == "b")];
        Assert.Equal(script[0].At, script[1].At);
    }

    [Theory]
    [InlineData(0, 10, 6)]
    [InlineData(0, 3, 2)]
    [InlineData(2, 5, 0)]
    [InlineData(4, 7, 1)]
    [InlineData(9, 30, 16)]
    [InlineData(5, 5, 0)]
    public void Of_any_stretch_of_time_only_what_is_not_excused_counts(double from, double to, double counted)
    {
        var excuses = new Excuses([(Seconds(2), Seconds(5)), (Seconds(4), Seconds(6)), (Seconds(2.5), Seconds(3)), (Seconds(20), Seconds(25)), (Seconds(8), Seconds(8))]);
        Assert.Equal(Seconds(counted), excuses.Counted(Seconds(from), Seconds(to)));
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
