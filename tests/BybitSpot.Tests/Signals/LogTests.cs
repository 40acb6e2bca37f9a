using System.Reflection;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class LogTests
{
    private static readonly Type[] s_logs = [typeof(Log), typeof(BybitSpot.App.Log)];

    private static readonly LoggerMessageAttribute[] s_events =
    [
        // The engine's, and those of the program.
        .. s_logs.SelectMany(log => log.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>(),
    ];

    [Fact]
    public void Every_event_has_a_name_and_an_id_of_its_own()
    {
        Assert.True(s_events.Length > 15, "the events were not found");
        Assert.Empty(s_events.GroupBy(e => e.EventName).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.Empty(s_events.GroupBy(e => e.EventId).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Every_event_is_named_in_snake_case() => Assert.All(s_events, e => Assert.Matches(@"\A[a-z]+(_[a-z]+)*\z", e.EventName));

    [Fact]
    public void Every_field_is_named_in_snake_case_and_hides_none_of_the_lines_own()
    {
        foreach (LoggerMessageAttribute e in s_events)
            foreach (string field in Fields(e.Message))
            {
                Assert.Matches(@"\A[a-z]+(_[a-z]+)*\z", field);
                Assert.DoesNotContain(field, (string[])["timestamp", "level", "event", "logger", "message"]);
            }
    }

    [Fact]
    public void Every_method_of_the_log_is_an_event() =>
        Assert.All(s_logs.SelectMany(log => log.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)), m => Assert.NotNull(m.GetCustomAttribute<LoggerMessageAttribute>()));

    private static IEnumerable<string> Fields(string message) =>
        System.Text.RegularExpressions.Regex.Matches(message, @"\{([^}:,]+)").Select(m => m.Groups[1].Value);
}
