using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class InstanceNameTests
{
    [Theory]
    [InlineData("trader", 7, "trader-7")]
    [InlineData("Host_1.example.org", 4_194_304, "Host_1.example.org-4194304")]
    [InlineData("bybit", 7, "host-7")]
    [InlineData("bybit-prod", 7, "prod-7")]
    [InlineData("my-BYBIT-box", 7, "my--box-7")]
    [InlineData("bybybitbit", 7, "host-7")]
    [InlineData("xbybybitbity", 7, "xy-7")]
    [InlineData("by bit", 7, "host-7")]
    [InlineData("by\u00fcbit-1", 7, "1-7")]
    [InlineData("", 7, "host-7")]
    [InlineData("-._-", 7, "host-7")]
    [InlineData("a:b*c\r\nd", 7, "abcd-7")]
    public void A_name_is_the_machines_and_the_processs_without_what_may_not_be_in_it(string machine, int process, string expected) =>
        Assert.Equal(expected, InstanceName.Of(machine, process));

    [Theory]
    [InlineData(61, "7", 61)]
    [InlineData(62, "7", 62)]
    [InlineData(63, "7", 62)]
    [InlineData(64, "7", 62)]
    [InlineData(200, "1234567", 56)]
    public void A_long_machines_name_is_cut_and_the_number_kept_whole(int length, string process, int kept) =>
        Assert.Equal(new string('m', kept) + "-" + process, InstanceName.Of(new string('m', length), int.Parse(process)));

    [Fact]
    public void Whatever_the_machine_is_called_its_name_could_be_set_by_hand_too() =>
        Holds.ForSeeds(5_000, random =>
        {
            string[] parts = ["by", "bit", "BYBIT", "bybit", "-", ".", "_", "x", "é", " ", ":", "host"];
            string machine = string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => parts[random.Next(parts.Length)]));
            string name = InstanceName.Of(machine, random.Next(1, int.MaxValue));
            Assert.Null(InstanceName.Take(name, out string taken));
            Assert.Equal(name, taken);
        });

    [Fact]
    public void The_default_ends_with_this_processs_number()
    {
        Assert.EndsWith($"-{Environment.ProcessId}", InstanceName.Default, StringComparison.Ordinal);
        Assert.Null(InstanceName.Take(InstanceName.Default, out _));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("Trader-1_b.example")]
    [InlineData("by-bit")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_of_letters_digits_points_hyphens_and_underscores_is_taken(string name)
    {
        Assert.Null(InstanceName.Take(name, out string taken));
        Assert.Equal(name, taken);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("a\n")]
    [InlineData("\u00e9")]
    public void What_is_no_name_is_refused(string name) =>
        Assert.Equal("is not a name: 1 to 64 letters, digits, points, hyphens and underscores", InstanceName.Take(name, out _));

    [Theory]
    [InlineData("bybit")]
    [InlineData("my-BybIt-1")]
    public void The_word_by_which_older_tools_find_price_hashes_is_refused(string name) =>
        Assert.Contains("\"bybit\"", InstanceName.Take(name, out _), StringComparison.Ordinal);
}
