using BybitSpot.Feed;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class ConnectPaceTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    [Fact]
    public void As_many_as_may_be_go_at_once_and_the_next_when_the_first_is_old_enough()
    {
        var pace = new ConnectPace();
        for (int i = 0; i < ConnectPace.ConnectionsMax; i++)
            Assert.Null(pace.Take(TimeSpan.FromMilliseconds(i)));
        TimeSpan wait = pace.Take(TimeSpan.FromSeconds(1))!.Value;
        Assert.Equal(ConnectPace.Window - TimeSpan.FromSeconds(1), wait);
        Assert.NotNull(pace.Take(ConnectPace.Window - TimeSpan.FromMilliseconds(1)));
        Assert.Null(pace.Take(TimeSpan.FromSeconds(1) + wait));
        // The second of all is a millisecond younger.
        Assert.Equal(TimeSpan.FromMilliseconds(1), pace.Take(ConnectPace.Window));
    }

    [Fact]
    public void Redundant_lines_may_hurry_while_half_of_what_may_be_is_left()
    {
        var pace = new ConnectPace();
        for (int i = 0; i < ConnectPace.FewMax; i++)
        {
            Assert.True(pace.AreFew(TimeSpan.FromSeconds(i)));
            pace.Take(TimeSpan.FromSeconds(i));
        }
        Assert.False(pace.AreFew(TimeSpan.FromSeconds(ConnectPace.FewMax)));
        Assert.True(pace.AreFew(ConnectPace.Window));
        // Whoever may not hurry may still connect.
        Assert.Null(pace.Take(TimeSpan.FromSeconds(ConnectPace.FewMax)));
    }

    [Fact]
    public void However_often_lines_ask_there_are_never_500_in_five_minutes() => Prop.ForAll(
        Gen.Choose(1, 60).ListOf().Select(gaps => gaps.ToArray()).ToArbitrary(),
        gaps =>
        {
            var pace = new ConnectPace();
            var made = new List<TimeSpan>();
            TimeSpan now = TimeSpan.Zero;
            // Bursts of a hundred, a few seconds apart.
            foreach (int gap in gaps)
            {
                now += TimeSpan.FromSeconds(gap);
                for (int i = 0; i < 100; i++)
                    if (pace.Take(now) is null)
                        made.Add(now);
            }
            return made.TrueForAll(m => made.Count(other => other >= m && other - m < s_window) < 500) && (gaps.Length == 0 || made.Count >= 100);
        }).QuickCheckThrowOnFailure();
}
