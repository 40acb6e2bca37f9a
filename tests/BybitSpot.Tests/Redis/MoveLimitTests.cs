using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class MoveLimitTests
{
    private MoveLimit _limit;

    [Fact]
    public void A_server_that_says_so_again_and_again_is_left_at_once_then_after_a_second_then_every_two()
    {
        double[] moves = [.. Enumerable.Range(0, 900).Select(i => i / 100.0).Where(s => _limit.TryMove(TimeSpan.FromSeconds(s)))];
        Assert.Equal([0, 1, 3, 5, 7], moves);
    }

    [Fact]
    [Trait("Fault", "87")]
    public void Wherever_the_name_moves_a_server_that_refuses_is_left_within_2_s()
    {
        Holds.ForSeeds(200, random =>
        {
            var limit = new MoveLimit();
            double now = 0, moved = 0;
            for (int i = 0; i < 300; i++)
            {
                now += 0.5 * random.NextDouble();
                if (limit.TryMove(TimeSpan.FromSeconds(now)))
                    moved = now;
                Assert.True(now - moved <= 2.5, $"{now}");
            }
        });
    }

    [Fact]
    public void After_10_s_without_a_move_the_next_is_the_first_again()
    {
        Assert.True(_limit.TryMove(TimeSpan.FromSeconds(5)));
        Assert.True(_limit.TryMove(TimeSpan.FromSeconds(6)));
        Assert.True(_limit.TryMove(TimeSpan.FromSeconds(16)));
        Assert.False(_limit.TryMove(TimeSpan.FromSeconds(16.9)));
        Assert.True(_limit.TryMove(TimeSpan.FromSeconds(17)));
    }
}
