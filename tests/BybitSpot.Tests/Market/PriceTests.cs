using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BybitSpot.Market;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed partial class PriceTests
{
    [Theory, Trait("Fault", "13")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0.000")]
    [InlineData("00")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1-")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,234.5")]
    [InlineData("1 234")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("\t1")]
    [InlineData("1\n")]
    [InlineData("1\0")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1..2")]
    [InlineData("1.2.3")]
    [InlineData("1/2")]
    [InlineData("1:2")]
    [InlineData("0x1")]
    [InlineData("1d")]
    [InlineData("١٢")]
    public void What_is_no_price_is_refused(string text) => Refused(text);

    [Theory, Trait("Fault", "14")]
    [InlineData("1e-8")]
    [InlineData("1E8")]
    [InlineData("1.5e+3")]
    public void An_exponent_is_refused(string text) => Refused(text);

    [Theory, Trait("Fault", "14")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("12345678901234567890123456789012")]
    [InlineData("0.00000000000000000000000000001")]
    [InlineData("123456789012345.6789012345678901")]
    public void Digits_are_kept_to_the_letter_up_to_32_characters(string text) => Kept(text);

    [Theory, Trait("Fault", "14")]
    [InlineData("123456789012345678901234567890123")]
    [InlineData("0.0000000000000000000000000000001")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234567890")]
    public void More_than_32_characters_are_refused(string text) => Refused(text);

    [Theory]
    [InlineData("1")]
    [InlineData("9")]
    [InlineData("67250.50")]
    [InlineData("0.0000000000001")]
    [InlineData("007")]
    [InlineData("1.0")]
    [InlineData("10")]
    [InlineData("0.10")]
    public void A_price_keeps_every_character_of_its_text(string text) => Kept(text);

    [Fact]
    public void Of_all_bytes_only_digits_and_one_point_may_stand_inside_a_price()
    {
        for (int c = 0; c < 256; c++)
        {
            bool allowed = "0123456789.".Contains((char)c) && c < 128;
            Assert.Equal(allowed, Price.IsValid([(byte)'1', (byte)c, (byte)'1']));
            Assert.Equal(allowed && c != '.', Price.IsValid([(byte)c, (byte)'1']));
            Assert.Equal(allowed && c != '.', Price.IsValid([(byte)'1', (byte)c]));
            Assert.Equal(c is >= '1' and <= '9', Price.IsValid([(byte)c]));
        }
    }

    [Fact]
    public void One_wrong_character_at_any_place_of_the_longest_price_is_found()
    {
        for (int at = 0; at < Price.LengthMax; at++)
        {
            byte[] text = [.. Enumerable.Repeat((byte)'7', Price.LengthMax)];
            Assert.True(Price.IsValid(text));
            text[at] = (byte)'x';
            Assert.False(Price.IsValid(text));
        }
    }

    [Fact]
    public void Every_short_text_is_judged_as_the_rule_says()
    {
        const string alphabet = "019.-";
        for (int length = 0; length <= 6; length++)
        {
            for (int number = 0; number < (int)Math.Pow(alphabet.Length, length); number++)
            {
                var text = new byte[length];
                for (int i = 0, rest = number; i < length; i++, rest /= alphabet.Length)
                    text[i] = (byte)alphabet[rest % alphabet.Length];
                Agrees(text);
            }
        }
    }

    [Fact]
    public void A_text_is_a_price_exactly_where_the_rule_written_as_a_pattern_matches()
    {
        int valid = 0, invalid = 0;
        Holds.ForAll(NearPrices, 20_000, text =>
        {
            bool isValid = Agrees(text);
            _ = isValid ? valid++ : invalid++;
        });
        Assert.True(valid > 2_000, $"only {valid} valid");
        Assert.True(invalid > 2_000, $"only {invalid} invalid");
    }

    [Fact]
    public void Two_prices_are_equal_exactly_where_their_texts_are()
    {
        Assert.True(Price.TryParse("1.0"u8, out Price a));
        Assert.True(Price.TryParse("1.00"u8, out Price b));
        Assert.True(Price.TryParse("1.0"u8, out Price c));
        Assert.True(Price.TryParse("1.1"u8, out Price d));
        Assert.NotEqual(a, b);
        Assert.NotEqual(a, d);
        Assert.Equal(a, c);
        Assert.Equal(a.GetHashCode(), c.GetHashCode());
        Assert.False(a.Equals((object)"1.0"));
    }

    [Theory]
    [InlineData("67250.50", "67250.5", true)]
    [InlineData("67250.50", "067250.5", true)]
    [InlineData("1", "1.000", true)]
    [InlineData("0.1", "00.10", true)]
    [InlineData("100", "1", false)]
    [InlineData("1.05", "1.5", false)]
    [InlineData("0.01", "0.1", false)]
    [InlineData("10.1", "1.01", false)]
    [InlineData("12345678901234567890123456789012", "12345678901234567890123456789013", false)]
    public void Two_prices_are_the_same_number_however_they_are_written(string a, string b, bool same)
    {
        Assert.Equal(same, Price.SameNumber(Of(a), Of(b)));
        Assert.Equal(same, Price.SameNumber(Of(b), Of(a)));
    }

    [Fact]
    public void Two_prices_are_the_same_number_exactly_where_decimals_are_equal()
    {
        int same = 0;
        Holds.ForAll(from a in ShortPrices from b in ShortPrices from near in Gen.Elements(true, false) select (a, b: near ? Respelt(a, b) : b), 20_000, pair =>
        {
            bool expected = decimal.Parse(pair.a, CultureInfo.InvariantCulture) == decimal.Parse(pair.b, CultureInfo.InvariantCulture);
            Assert.True(expected == Price.SameNumber(Of(pair.a), Of(pair.b)), $"{pair.a} and {pair.b} are {(expected ? "" : "not ")}the same");
            same += expected ? 1 : 0;
        });
        Assert.InRange(same, 5_000, 19_000);
    }

    [Fact]
    public void A_default_price_is_empty_and_no_price()
    {
        Price none = default;
        Assert.True(none.Text.IsEmpty);
        Assert.Equal("", none.ToString());
        Assert.False(Price.IsValid(none.Text));
    }

    [Fact]
    public void A_shorter_price_in_the_place_of_a_longer_one_leaves_nothing_of_it()
    {
        Price price = Price.FromValid("12345678901234567890123456789012"u8);
        price = Price.FromValid("7"u8);
        Assert.Equal("7", price.ToString());
    }

    // Few digits, so that equal numbers come up; up to 27 of them, so that a decimal holds them exactly.
    private static Gen<string> ShortPrices { get; } =
        from whole in Gen.Elements("0", "00", "1", "01", "10", "100", "7", "070", "123456789012")
        from part in Gen.Elements("", ".0", ".5", ".50", ".05", ".500", ".0000000000001", ".00000000000010")
        where (whole + part).Any(c => c is >= '1' and <= '9')
        select whole + part;

    private static string Respelt(string price, string other) =>
        (other.Length % 2 == 0 ? "0" : "") + price + (other.Length % 3 == 0 ? "" : price.Contains('.') ? "0" : ".00");

    private static Price Of(string text)
    {
        Assert.True(Price.TryParse(Encoding.ASCII.GetBytes(text), out Price price));
        return price;
    }

    private static Gen<byte[]> NearPrices { get; } =
        from length in Gen.Frequency((8, Gen.Choose(0, 14)), (3, Gen.Choose(29, 35)))
        from digits in Gen.Elements("0123456789".ToCharArray()).ArrayOf(length)
        from zeros in Gen.Elements(false, false, false, true)
        from points in Gen.Choose(-2, length - 1).ArrayOf(2)
        from strange in Gen.Frequency((2, Gen.Constant(-1)), (1, Gen.Choose(-1, length - 1)))
        from odd in Gen.Elements(".,-+eE /:\n\0xN\u00B2\u00FF".ToCharArray())
        select Build(digits, zeros, points, strange, odd);

    private static byte[] Build(char[] digits, bool zeros, int[] points, int strange, char odd)
    {
        char[] text = [.. zeros ? digits.Select(_ => '0') : digits];
        // The second point is rare: only where both were drawn to stand in the later half.
        if (points[0] >= 0)
            text[points[0]] = '.';
        if (points[1] > text.Length / 2)
            text[points[1]] = '.';
        if (strange >= 0)
            text[strange] = odd;
        return Encoding.Latin1.GetBytes(text);
    }

    // The rule once more, in another way: at most 32 characters; digits, with digits on either side of a point; not all zeros.
    [GeneratedRegex(@"\A(?=[\s\S]{1,32}\z)(?=[0.]*[1-9])[0-9]+(?:\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rule();

    private static bool Agrees(byte[] text)
    {
        string readable = Encoding.Latin1.GetString(text);
        bool expected = Rule().IsMatch(readable);
        Assert.True(expected == Price.IsValid(text), $"\"{readable}\" should be {(expected ? "a price" : "no price")}");
        Assert.Equal(expected, Price.TryParse(text, out Price price));
        Assert.Equal(expected ? readable : "", price.ToString());
        return expected;
    }

    private static void Refused(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.False(Price.IsValid(bytes));
        Assert.False(Price.TryParse(bytes, out Price price));
        Assert.True(price.Text.IsEmpty);
    }

    private static void Kept(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.True(Price.IsValid(bytes));
        Assert.True(Price.TryParse(bytes, out Price price));
        Assert.Equal(text, price.ToString());
        Assert.Equal(bytes, price.Text.ToArray());
    }

    [Fact]
    public void Prices_of_one_number_have_one_hash_however_they_are_written_and_others_hardly_ever()
    {
        foreach ((string a, string b) in ((string, string)[])[("67250.50", "67250.5"), ("67250", "067250.00"), ("0.5", "00.50"), ("10", "10.0"), ("0.00001230", "0.0000123"), ("100", "0100")])
            Assert.Equal(HashOf(a), HashOf(b));
        string[] others = [.. Enumerable.Range(1, 20_000).Select(i => $"{i / 100}.{i % 100:00}"), "1e0".Replace("e0", "000000"), "0.000001"];
        int[] numbers = [.. others.GroupBy(o => decimal.Parse(o, System.Globalization.CultureInfo.InvariantCulture)).Select(g => g.Select(HashOf).Distinct().Count())];
        Assert.All(numbers, count => Assert.Equal(1, count));
        Assert.InRange(others.Select(HashOf).Distinct().Count(), numbers.Length - 2, numbers.Length);
    }

    private static uint HashOf(string text) => Price.NumberHash(Price.FromValid(System.Text.Encoding.ASCII.GetBytes(text)));
}
