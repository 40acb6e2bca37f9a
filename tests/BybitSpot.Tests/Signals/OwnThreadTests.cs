using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class OwnThreadTests
{
    [Fact]
    public void A_thread_that_dies_is_told_with_its_name_and_its_exception()
    {
        (string Name, Exception Exception)? died = null;
        bool isBackground = false;
        void Die()
        {
            isBackground = Thread.CurrentThread.IsBackground;
            throw new InvalidOperationException("boom");
        }
        Thread thread = OwnThread.Start("line-7", Die, (name, e) => died = (name, e));
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(("line-7", "boom"), (died!.Value.Name, died.Value.Exception.Message));
        Assert.Equal(("line-7", true), (thread.Name, isBackground));
    }

    [Fact]
    public void A_thread_that_returns_has_not_died()
    {
        bool ran = false;
        Thread thread = OwnThread.Start("t", () => ran = true, (_, e) => Assert.Fail(e.Message));
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
        Assert.True(ran);
    }
}
