using System.Reflection;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Walls;

// The fault catalogue's rows are numbers in traits. A row that has lost its last test is lost in silence; here it is not.
public sealed class CatalogueTests
{
    private const int Rows = 97;

    // What the catalogue asks of this program as it is.
    private static readonly int[] s_held = [.. Range(1, 97)];

    private static readonly IReadOnlyDictionary<int, int> s_tests = CountTests();

    [Fact]
    public void Every_row_of_the_fault_catalogue_that_is_held_has_a_test()
    {
        int[] lost = [.. s_held.Where(row => !s_tests.ContainsKey(row))];
        Assert.True(lost.Length == 0, $"no test has the trait Fault of row {string.Join(", ", lost)}");
        // For the table of docs/faults.md, beside the times.
        FaultTimes.Begin("all", $"{s_tests.Count} of {Rows} rows have tests, {s_tests.Values.Sum()} test methods in all").Stays();
    }

    [Fact]
    public void A_fault_trait_is_the_number_of_a_row() => Assert.All(s_tests.Keys, row => Assert.InRange(row, 1, Rows));

    /// <summary>How many test methods each row has: by a trait of the method or of its class.</summary>
    private static Dictionary<int, int> CountTests() => typeof(CatalogueTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(IsTest).SelectMany(method => RowsOf(method).Concat(RowsOf(type)).Distinct()))
        .GroupBy(row => row).ToDictionary(rows => rows.Key, rows => rows.Count());

    private static bool IsTest(MethodInfo method) => method.GetCustomAttributes<FactAttribute>().Any();

    private static IEnumerable<int> RowsOf(MemberInfo member) =>
        member.GetCustomAttributes<TraitAttribute>().Where(trait => trait.Name == "Fault").Select(trait => int.Parse(trait.Value));

    private static IEnumerable<int> Range(int from, int to) => Enumerable.Range(from, to - from + 1);
}
