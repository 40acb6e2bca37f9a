using System.CommandLine;
using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Packages;

/// <summary>bybitspot(1) is made from the commands: what the help says stands in it, and what reads manual pages takes it.</summary>
public sealed class ManPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Page => Tool.Call("man").Output;

    /// <summary>As it is read: without roff's signs.</summary>
    private static string Plain(string page) =>
        Regex.Replace(Regex.Replace(page.Replace("\\-", "-", StringComparison.Ordinal).Replace("\\e", "\\", StringComparison.Ordinal), @"\\f[BIR]|\\&", ""), @"\s+", " ");

    [Fact]
    public void Every_command_flag_and_setting_stands_in_the_page_with_its_meaning()
    {
        string plain = Plain(Page);
        foreach (Setting setting in SettingsTable.All)
        {
            Assert.Contains($".TP {setting.Name}", plain, StringComparison.Ordinal);
            Assert.Contains(setting.Meaning, plain, StringComparison.Ordinal);
            if (setting.Flag is { } flag)
                Assert.Contains($"{flag} {setting.Placeholder} {setting.Meaning}", plain, StringComparison.Ordinal);
        }
        foreach (string path in (string[])["run", "simulate", "get", "coins", "coins list", "coins add", "coins remove", "check", "completion", "alive", "health", "record", "replay"])
        {
            string help = Tool.Call([.. path.Split(' '), "--help"]).Output;
            Assert.Contains($".SS bybitspot {path} ", plain, StringComparison.Ordinal);
            foreach (Match flag in Regex.Matches(help, @"(?m)^  .*?(--[a-z-]+)"))
                Assert.True(flag.Groups[1].Value is "--help" or "--version" || plain.Contains(flag.Groups[1].Value, StringComparison.Ordinal), $"{path} {flag.Groups[1].Value}");
            // A command's own flags stand in its own part.
            string part = Regex.Match(plain, $@"\.SS bybitspot {path} (?!\.SS).*?(?=\.SS|\.SH)").Value;
            string[] own = [.. Regex.Matches(help, @"(?m)^  .*?(--[a-z-]+)").Select(m => m.Groups[1].Value).Where(f => f != "--help" && !(path.Contains(' ', StringComparison.Ordinal) && f is "--coins" or "--env-file" or "--json" or "--bybit-ws-url" or "--quotes"))];
            Assert.All(own, flag => Assert.Contains(flag, part, StringComparison.Ordinal));
        }
        Assert.Contains(ProgramVersion.Text, Page.Split('\n')[0], StringComparison.Ordinal);
        Assert.DoesNotContain("bybitspot man", plain, StringComparison.Ordinal);
        Assert.DoesNotContain(Tool.Call("--help").Lines, l => l.StartsWith("  man", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mandoc", "-T lint -W warning,stop")]
    [InlineData("groff", "-ww -z -man -Tutf8")]
    [InlineData("man", "-l --warnings -E UTF-8")]
    public void Whoever_reads_manual_pages_takes_it_without_a_warning(string program, string arguments)
    {
        Assert.SkipUnless(Tool.Installed(program), $"{program} is not installed");
        string page = _folder.Write("bybitspot.1", Page);
        (int status, string output, string errors) = Script.Run(program, [.. arguments.Split(' '), page]);
        Assert.Equal((0, ""), (status, errors));
        if (program != "man")
            Assert.Equal("", output);
    }

    [Fact]
    public void A_text_that_looks_like_an_instruction_is_none()
    {
        var root = new RootCommand("'tis a \\fBtext\n.so /etc/passwd") { new Command("run", ".ig") };
        string page = ManPage.Of(root, "1.2.3", "2026-01-02");
        Assert.Contains("\n\\&'tis a \\efBtext\n.br\n\\&.so /etc/passwd\n", page, StringComparison.Ordinal);
        Assert.Contains("\n.SS bybitspot run\n\\&.ig\n", page, StringComparison.Ordinal);
    }
}
