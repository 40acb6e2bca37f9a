using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Board;

public sealed class ShardsShownTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(null, "-")]
    [InlineData(null, "-", "0/3")]
    [InlineData(null, "0/1")]
    [InlineData(null, "0/2", "1/2")]
    [InlineData(null, "1/2", "0/2", "0/2")]
    [InlineData("0/3", "0/3")]
    [InlineData("0/3, 2/3", "2/3", "0/3", "2/3")]
    [InlineData("0/2, 1/3", "0/2", "1/3")]
    [InlineData(null, "nonsense")]
    public void Parts_are_named_unless_they_are_all(string? shown, params string[] said) => Assert.Equal(shown, ShardsShown.Of(said.Select(s => s == "-" ? null : s)));
}
