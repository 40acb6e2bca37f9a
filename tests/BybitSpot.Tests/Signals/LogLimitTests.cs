using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class LogLimitTests
{
    private readonly LogLimit _limit = new();

    [Fact]
    public void The_first_trouble_and_the_recovery_are_told()
    {
        Assert.True(_limit.Well(S(0)));
        Assert.True(_limit.Trouble("refused", S(100)));
        Assert.True(_limit.Well(S(103)));
        Assert.False(_limit.Recovered(S(120)));
        Assert.Equal(0, _limit.TakeLeftOut());
    }

    [Fact]
    public void The_same_words_are_told_every_30_s()
    {
        double[] told = [.. Enumerable.Range(0, 100).Select(i => (double)i).Where(s => _limit.Trouble("refused", S(s)))];
        Assert.Equal([0, 30, 60, 90], told);
        Assert.Equal(96, _limit.TakeLeftOut());
        Assert.Equal(0, _limit.TakeLeftOut());
    }

    // What comes and goes every half second, with words that are the same, alternate, or are new each time.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000_000)]
    public void Whatever_it_says_each_time_few_lines_a_minute_are_told_and_the_rest_is_counted(int words)
    {
        var told = new List<double>();
        int asked = 0;
        for (double s = 0; s < 600; s += 0.5)
        {
            asked += 2;
            if (_limit.Trouble($"port {asked / 2 % words}", S(s)))
                told.Add(s);
            if (_limit.Well(S(s + 0.2)))
                told.Add(s + 0.2);
            Assert.False(_limit.Recovered(S(s + 0.4)));
        }
        Assert.Equal(0, told[0]);
        for (int minute = 0; minute < 10; minute++)
            Assert.InRange(told.Count(s => (int)s / 60 == minute), 1, 5);
        Assert.Equal(asked - told.Count, _limit.TakeLeftOut());
    }

    [Fact]
    public void After_all_that_the_recovery_is_told_once_when_it_has_lasted_and_then_the_next_trouble_at_once()
    {
        for (int i = 0; i < 200; i++)
        {
            _limit.Trouble($"{i}", S(i * 0.1));
            _limit.Well(S(i * 0.1 + 0.05));
        }
        double[] told = [.. Enumerable.Range(200, 300).Select(i => i * 0.1).Where(s => _limit.Recovered(S(s)) && _limit.TakeLeftOut() > 0)];
        Assert.Equal(30, Assert.Single(told), tolerance: 0.2);
        Assert.True(_limit.Trouble("199", S(51)));
    }

    [Fact]
    public void Trouble_after_calm_is_told_even_if_nothing_is_allowed_and_the_words_are_the_same() =>
        Holds.ForSeeds(300, random =>
        {
            var limit = new LogLimit();
            double now = random.NextDouble() * 100;
            for (int episode = 0; episode < 5; episode++)
            {
                Assert.True(limit.Trouble("refused", S(now)), $"{now}");
                int more = random.Next(20);
                for (int i = 0; i < more; i++)
                {
                    now += random.NextDouble();
                    if (random.Next(2) == 0)
                        limit.Trouble($"{random.Next(3)}", S(now));
                    else
                        limit.Well(S(now));
                }
                bool told = limit.Well(S(now));
                double well = now;
                while (now < well + 30)
                {
                    now += random.NextDouble();
                    told |= limit.Recovered(S(now));
                }
                Assert.True(told, "the recovery was not told");
                now += 0.1;
            }
        });

    private static TimeSpan S(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1_000));
}
