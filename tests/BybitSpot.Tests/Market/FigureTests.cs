using System.Text;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class FigureTests
{
    [Theory]
    [InlineData("0"), InlineData("0.000"), InlineData("-0.0015"), InlineData("2953.835931"), InlineData("007"), InlineData("12345678901234567890123456789012")]
    public void A_number_is_taken_as_it_is_written(string text)
    {
        Assert.True(Figure.TryParse(Encoding.UTF8.GetBytes(text), out Figure figure));
        Assert.Equal((text, false), (figure.ToString(), figure.IsEmpty));
    }

    [Theory]
    [InlineData(""), InlineData("-"), InlineData("+1"), InlineData("1e5"), InlineData(".5"), InlineData("5."), InlineData("1.2.3"), InlineData("--1"), InlineData("-.1"), InlineData(" 1")]
    [InlineData("1,5"), InlineData("NaN"), InlineData("٣"), InlineData("123456789012345678901234567890123")]
    public void What_is_none_is_refused_and_leaves_nothing(string text)
    {
        Assert.False(Figure.TryParse(Encoding.UTF8.GetBytes(text), out Figure figure));
        Assert.True(figure.IsEmpty);
    }
}
