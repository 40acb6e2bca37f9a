using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class ScheduleTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private static readonly Schedule[] s_all = [.. Enumerable.Range(0, 200).Select(seed => Schedule.From(seed, 50, s_minute))];

    [Fact]
    public void The_same_seed_makes_the_same_storm_and_another_another()
    {
        Schedule one = Schedule.From(7, 50, s_minute), again = Schedule.From(7, 50, s_minute);
        Assert.Equal(one.Faults, again.Faults);
        Assert.Equal(one.Dealings, again.Dealings);
        Assert.Equal(one.Lines, again.Lines);
        Assert.NotEqual(one.Faults, Schedule.From(8, 50, s_minute).Faults);
    }

    [Fact]
    public void Over_many_seeds_every_kind_of_fault_is_drawn_often() =>
        Assert.All(Enum.GetValues<FaultKind>(), kind => Assert.True(s_all.Count(s => s.Faults.Any(f => f.Kind == kind)) >= 10, kind.ToString()));

    [Fact]
    public void The_faults_of_a_lane_follow_each_other_and_end_within_the_storm() =>
        Assert.All(s_all, schedule => Assert.All(schedule.Faults.GroupBy(f => f.Lane), lane =>
        {
            TimeSpan until = TimeSpan.Zero;
            foreach (Fault fault in lane)
            {
                Assert.True(fault.At >= until, $"seed {schedule.Seed}: {fault}");
                Assert.True(fault.Until <= schedule.Length, $"seed {schedule.Seed}: {fault}");
                until = fault.Until;
            }
        }));

    [Fact]
    public void Faults_of_different_lanes_overlap() =>
        Assert.All(s_all, schedule => Assert.Contains(schedule.Faults, a => schedule.Faults.Any(b => a.Lane != b.Lane && a.At < b.Until && b.At < a.Until)));

    [Fact]
    public void The_last_price_of_every_coin_is_sent_during_a_fault_once_and_nothing_follows() =>
        Assert.All(s_all, schedule =>
        {
            for (int coin = 0; coin < schedule.CoinCount; coin++)
            {
                Dealing last = Assert.Single(schedule.Dealings, d => d.Coin == coin && d.IsLast);
                Assert.Equal(last, schedule.Dealings.Last(d => d.Coin == coin));
                Assert.Equal(Deal.Trade, last.Deal);
                TimeSpan moment = TimeSpan.FromMilliseconds(60);
                Assert.Contains(schedule.Faults, f => f.At <= last.At && last.At <= (f.For > moment ? f.Until : f.At + moment));
            }
        });

    [Fact]
    public void Every_coin_that_is_silenced_by_itself_has_its_last_price_lost_in_a_silence() =>
        Assert.All(s_all, schedule => Assert.All(
            schedule.Faults.Where(f => f.Kind == FaultKind.CoinSilent).GroupBy(f => f.Coin),
            silences => Assert.InRange(schedule.Dealings.Last(d => d.Coin == silences.Key).At, silences.Last().At, silences.Last().Until)));

    [Fact]
    public void REST_answers_while_a_topic_is_silent_and_for_a_while_after() =>
        Assert.All(s_all, schedule => Assert.All(schedule.Faults.Where(f => Schedule.NeedsAudit(f.Kind)), silence =>
        {
            Assert.DoesNotContain(schedule.Faults, f => Schedule.IsRest(f.Kind) && f.Until > silence.At && f.At < silence.Until + Schedule.AuditWithin);
            Assert.DoesNotContain(schedule.Faults, f => f.Kind is FaultKind.AcceptThenClose or FaultKind.AcceptThenReset && f.Until > silence.At && f.At < silence.Until);
        }));

    [Fact]
    public void Lines_are_ended_only_so_often_that_their_last_wait_is_short() =>
        Assert.All(s_all, schedule => Assert.InRange(schedule.Faults.Count(f => f.Lane == Lane.Connections && f.Kind != FaultKind.SequenceReset), 1, Schedule.EndingsMax));

    [Fact]
    public void A_coin_whose_sequence_is_set_back_was_quiet_before_and_nothing_else_strikes_then() =>
        Assert.All(s_all, schedule =>
        {
            if (schedule.Faults.SingleOrDefault(f => f.Kind == FaultKind.SequenceReset) is not { } reset)
                return;
            Assert.True(schedule.Dealings.First(d => d.Coin == reset.Coin).At > reset.At);
            Assert.DoesNotContain(schedule.Faults, f => f != reset && f.At < reset.At + TimeSpan.FromSeconds(1) && f.Lane is Lane.Connections or Lane.Data or Lane.Watchlist && f.At < reset.At);
        });

    [Fact]
    public void A_Redis_is_flushed_only_while_there_is_time_to_write_it_anew() =>
        Assert.All(s_all, schedule => Assert.DoesNotContain(schedule.Faults, f => f.Kind == FaultKind.RedisFlushed && f.At > schedule.Length - TimeSpan.FromSeconds(40)));

    [Fact]
    public void A_schedule_tells_itself_in_full()
    {
        string text = s_all[3].ToString();
        Assert.StartsWith("seed 3: 50 coins, 60 s, ", text, StringComparison.Ordinal);
        Assert.All(s_all[3].Faults, f => Assert.Contains(f.Kind.ToString(), text, StringComparison.Ordinal));
    }
}
