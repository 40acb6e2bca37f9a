using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;
using static BybitSpot.Rest.AuditVerdict;

namespace BybitSpot.Tests.Rest;

public sealed class AuditTests
{
    private readonly Audit _audit = new();

    [Theory]
    [InlineData("67250.50", "67250.5")]
    [InlineData("67250.5", "067250.5")]
    [InlineData("67250.50", "067250.5000")]
    [InlineData("1", "1.0")]
    [InlineData("0.10", "0.1")]
    public void Equal_numbers_agree_however_they_are_written(string here, string shown)
    {
        Is(Agrees, at: 100, here, shown, heard: 10);
        Assert.Equal(S(100), _audit.ConfirmedAt(0));
        Assert.Equal((0, 0, false), (_audit.Differences, _audit.Contradictions, _audit.WantsSecondLook));
    }

    [Fact, Trait("Fault", "8")]
    public void One_difference_proves_nothing_the_same_2_seconds_later_does()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        Assert.Equal((1, 0, true), (_audit.Differences, _audit.Contradictions, _audit.WantsSecondLook));
        Assert.Null(_audit.ContradictedAt(0));
        Is(Suspect, at: 101.999, "1.0", "1.1", heard: 10);
        _audit.Begin(10);
        Is(Contradicts, at: 102, "1.0", "1.2", heard: 10);
        Assert.Equal(S(102), _audit.ContradictedAt(0));
        Assert.Equal((3, 1, false), (_audit.Differences, _audit.Contradictions, _audit.WantsSecondLook));
    }

    [Fact, Trait("Fault", "8")]
    public void A_coin_that_was_never_heard_can_be_contradicted_too()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: null);
        Is(Contradicts, at: 102, "1.0", "1.1", heard: null);
    }

    [Fact]
    public void A_message_between_the_two_looks_explains_the_difference()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        // It came after the first question, and well before the second: the coin is not moving now, and the doubt begins anew.
        Is(Suspect, at: 105, "1.05", "1.1", heard: 100.1);
        Is(Suspect, at: 106.9, "1.05", "1.1", heard: 100.1);
        Is(Contradicts, at: 107, "1.05", "1.1", heard: 100.1);
        Assert.Equal(1, _audit.Contradictions);
    }

    [Fact]
    public void A_message_from_the_moment_of_the_first_question_explains_nothing_later()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 98.9);
        Is(Contradicts, at: 102, "1.0", "1.1", heard: 100);
    }

    [Fact]
    public void Of_a_coin_that_moves_nothing_is_said()
    {
        Is(Nothing, at: 100, "1.0", "1.1", heard: 99);
        Is(Nothing, at: 100, "1.0", "1.1", heard: 100.5);
        Is(Suspect, at: 100, "1.0", "1.1", heard: 98.999);
        Assert.Equal(1, _audit.Differences);
    }

    [Fact]
    public void A_coin_that_moves_again_is_no_longer_suspected()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        Is(Nothing, at: 102, "1.1", "1.2", heard: 101.5);
        Is(Suspect, at: 104, "1.1", "1.2", heard: 101.5);
    }

    [Fact]
    public void A_coin_that_moved_at_the_very_moment_of_the_doubt_is_doubted_anew()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        Is(Nothing, at: 100.5, "1.05", "1.1", heard: 100);
        Is(Suspect, at: 102.5, "1.05", "1.1", heard: 100);
        Is(Contradicts, at: 104.5, "1.05", "1.1", heard: 100);
    }

    [Fact]
    public void Agreement_between_two_differences_makes_the_second_a_first_one()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        Is(Agrees, at: 101, "1.0", "1.0", heard: 10);
        Is(Suspect, at: 102, "1.0", "1.1", heard: 10);
        Is(Contradicts, at: 104, "1.0", "1.1", heard: 10);
    }

    [Fact, Trait("Fault", "8")]
    public void A_contradiction_goes_on_without_being_counted_again_until_something_ends_it()
    {
        Contradicted();
        Is(Contradicts, at: 160, "1.0", "1.3", heard: 10);
        Is(Contradicts, at: 161, "1.0", "1.3", heard: 10);
        Assert.Equal((S(102), 1), (_audit.ContradictedAt(0), _audit.Contradictions));
        Assert.False(_audit.WantsSecondLook);
    }

    [Fact]
    public void A_contradiction_ends_with_an_equal_price()
    {
        Contradicted();
        Is(Agrees, at: 110, "1.0", "1.0", heard: 10);
        Assert.Equal((null, S(110)), (_audit.ContradictedAt(0), _audit.ConfirmedAt(0)));
    }

    [Theory]
    [InlineData(109.5, Nothing)]
    [InlineData(103.0, Suspect)]
    public void A_contradiction_ends_with_a_message(double heard, object expected)
    {
        Contradicted();
        Is((AuditVerdict)expected, at: 110, "1.2", "1.3", heard);
        Assert.Null(_audit.ContradictedAt(0));
        Assert.Equal(1, _audit.Contradictions);
    }

    [Fact]
    public void A_message_from_before_the_contradiction_does_not_end_it()
    {
        Contradicted();
        Is(Contradicts, at: 110, "1.0", "1.3", heard: 102);
        Assert.Equal(S(102), _audit.ContradictedAt(0));
    }

    [Fact]
    public void A_coin_without_a_price_here_is_neither_confirmed_nor_contradicted()
    {
        Is(Nothing, at: 100, null, "1.1", heard: null);
        Is(Nothing, at: 110, null, "1.1", heard: null);
        Assert.Null(_audit.ConfirmedAt(0));
        Assert.Equal((0, 0, false), (_audit.Differences, _audit.Contradictions, _audit.WantsSecondLook));
    }

    [Fact, Trait("Fault", "23")]
    public void A_coin_missing_from_two_answers_2_seconds_apart_is_no_longer_listed()
    {
        Is(Agrees, at: 100, "1.0", "1.0", heard: 10);
        Is(Suspect, at: 160, "1.0", null, heard: 10);
        Assert.True(_audit.WantsSecondLook);
        Assert.True(_audit.IsListed(0));
        Is(Suspect, at: 161.999, "1.0", null, heard: 10);
        Assert.True(_audit.IsListed(0));
        _audit.Begin(10);
        Is(NotListed, at: 162, "1.0", null, heard: 10);
        Assert.False(_audit.IsListed(0));
        Is(NotListed, at: 163, "1.0", null, heard: 10);
        Assert.False(_audit.WantsSecondLook);
        Assert.True(_audit.IsListed(1));
    }

    [Fact]
    public void A_coin_that_is_named_again_is_listed_again_and_its_absence_forgotten()
    {
        Is(Agrees, at: 100, "1.0", "1.0", heard: 10);
        Is(Suspect, at: 110, "1.0", null, heard: 10);
        Is(Agrees, at: 120, "1.0", "1.0", heard: 10);
        Is(Suspect, at: 130, "1.0", null, heard: 10);
        Is(NotListed, at: 132, "1.0", null, heard: 10);
        Is(Agrees, at: 140, "1.0", "1.0", heard: 10);
        Assert.True(_audit.IsListed(0));
    }

    [Fact]
    public void A_coin_that_no_answer_has_ever_named_is_not_called_delisted()
    {
        Is(Nothing, at: 100, "1.0", null, heard: 10);
        Is(Nothing, at: 110, "1.0", null, heard: 10);
        Assert.True(_audit.IsListed(0));
    }

    [Fact, Trait("Fault", "23")]
    public void A_coin_that_is_named_without_a_price_is_listed_all_the_same()
    {
        Is(Agrees, at: 100, "1.0", "1.0", heard: 10);
        Is(Nothing, at: 110, "1.0", "", heard: 10);
        Is(Nothing, at: 120, "1.0", "", heard: 10);
        Assert.True(_audit.IsListed(0));
        Assert.Equal((0, S(100)), (_audit.Differences, _audit.ConfirmedAt(0)));
    }

    [Fact, Trait("Fault", "23")]
    public void What_a_short_or_empty_answer_leaves_out_is_no_evidence()
    {
        Assert.True(_audit.Begin(200));
        Is(Agrees, at: 100, "1.0", "1.0", heard: 10);
        Assert.False(_audit.Begin(0));
        Assert.False(_audit.Begin(189));
        Is(Nothing, at: 110, "1.0", null, heard: 10, isWhole: false);
        Is(Nothing, at: 120, "1.0", null, heard: 10, isWhole: false);
        Assert.True(_audit.IsListed(0));
        Is(Agrees, at: 121, "1.0", "1.0", heard: 10, isWhole: false);
        Assert.Equal(S(121), _audit.ConfirmedAt(0));
    }

    [Fact]
    public void An_answer_up_to_5_per_cent_shorter_than_the_longest_is_whole()
    {
        Assert.False(_audit.Begin(0));
        Assert.True(_audit.Begin(1_000));
        Assert.True(_audit.Begin(950));
        Assert.True(_audit.Begin(950));
        Assert.False(_audit.Begin(949));
    }

    [Fact]
    public void An_empty_answer_does_not_make_a_short_one_more_believable()
    {
        Assert.True(_audit.Begin(1_000));
        for (int i = 0; i < 50; i++)
            Assert.False(_audit.Begin(0));
        Assert.False(_audit.Begin(949));
    }

    [Theory]
    [InlineData(1_000, 500)]
    [InlineData(30, 1)]
    public void An_answer_that_stays_short_is_believed_in_the_end_but_not_soon(int longest, int shorter)
    {
        Assert.True(_audit.Begin(longest));
        int turns = 0;
        while (!_audit.Begin(shorter))
            Assert.True(++turns < 200, "never believed");
        Assert.InRange(turns, 20, 100);
    }

    [Fact]
    public void A_new_answer_leaves_no_second_look_over_from_the_last()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        _audit.Begin(10);
        Assert.False(_audit.WantsSecondLook);
        Is(Suspect, at: 101, "1.0", "1.1", heard: 10);
        _audit.Begin(0);
        Assert.False(_audit.WantsSecondLook);
    }

    [Fact]
    public void Coins_are_judged_each_by_itself()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10, slot: 0);
        Is(Suspect, at: 102, "1.0", "1.1", heard: 10, slot: 1);
        Is(Agrees, at: 102, "1.0", "1.0", heard: 10, slot: 2);
        Is(Contradicts, at: 102, "1.0", "1.1", heard: 10, slot: 0);
        Assert.Equal([S(102), null, null], new[] { _audit.ContradictedAt(0), _audit.ContradictedAt(1), _audit.ContradictedAt(2) });
        Assert.Equal([null, null, S(102)], new[] { _audit.ConfirmedAt(0), _audit.ConfirmedAt(1), _audit.ConfirmedAt(2) });
    }

    [Fact]
    public void A_coin_that_is_watched_anew_has_no_past()
    {
        Contradicted();
        _audit.Forget(0);
        Assert.Equal((null, null, true), (_audit.ContradictedAt(0), _audit.ConfirmedAt(0), _audit.IsListed(0)));
        Is(Suspect, at: 110, "1.0", "1.1", heard: 10);
        Is(Contradicts, at: 112, "1.0", "1.1", heard: 10);
    }

    [Fact, Trait("Fault", "93")]
    public void A_price_that_stood_here_not_long_ago_contradicts_nothing_however_often_it_is_shown()
    {
        for (int at = 100; at < 130; at += 2)
            Is(Late, at, "1.0", "1.1", heard: 90, stood: Stood.Yes);
        Assert.Equal((0, 0, false), (_audit.Differences, _audit.Contradictions, _audit.WantsSecondLook));
        Is(Suspect, at: 130, "1.0", "1.1", heard: 90, stood: Stood.No);
        Is(Contradicts, at: 132, "1.0", "1.1", heard: 90, stood: Stood.No);
        // Once dead, an answer of a server that is behind brings nothing back.
        Is(Contradicts, at: 134, "1.0", "1.0001", heard: 90, stood: Stood.Yes);
    }

    [Fact, Trait("Fault", "93")]
    public void A_late_answer_between_two_looks_leaves_the_suspicion_and_asks_for_another()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 90);
        _audit.Begin(10);
        Is(Late, at: 102, "1.0", "0.9", heard: 90, stood: Stood.Yes);
        Assert.True(_audit.WantsSecondLook);
        Is(Contradicts, at: 104, "1.0", "1.1", heard: 90);
    }

    [Fact, Trait("Fault", "93")]
    public void Where_it_cannot_be_known_what_stood_here_a_coin_must_have_been_silent_for_longer_than_REST_may_be_late()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 95, stood: Stood.Unknown);
        Is(Suspect, at: 102, "1.0", "1.1", heard: 95, stood: Stood.Unknown);
        Is(Suspect, at: 102.999, "1.0", "1.1", heard: 95, stood: Stood.Unknown);
        Is(Contradicts, at: 103, "1.0", "1.1", heard: 95, stood: Stood.Unknown);
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Contradicted()
    {
        Is(Suspect, at: 100, "1.0", "1.1", heard: 10);
        Is(Contradicts, at: 102, "1.0", "1.1", heard: 10);
        _audit.Begin(10);
    }

    // Prices as text: null where there is none, "" where the answer names the coin without one.
    private void Is(AuditVerdict expected, double at, string? here, string? shown, double? heard, bool isWhole = true, int slot = 0, Stood stood = Stood.No) =>
        Assert.Equal(expected, _audit.Judge(new AuditedCoin(slot, "AUSDT", Text(here), heard is { } h ? S(h) : null, stood), Text(shown), isWhole, S(at)));

    private static Price? Text(string? price) => price is null ? null : Price.FromValid(Encoding.ASCII.GetBytes(price));
}
