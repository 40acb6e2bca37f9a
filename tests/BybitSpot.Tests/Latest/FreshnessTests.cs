using BybitSpot.Latest;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Latest;

public sealed class FreshnessTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    // Watched, priced, written, carried by a line that works, heard a second ago.
    private static readonly CoinEvidence s_good = new(true, true, true, false, true, false, S(1), null, null, null);

    [Fact]
    public void A_coin_heard_within_the_limit_is_fresh_and_beyond_it_quiet_however_long()
    {
        Is(CoinState.Fresh, s_good with { HeardAgo = TimeSpan.Zero });
        Is(CoinState.Fresh, s_good with { HeardAgo = s_limit });
        Is(CoinState.Quiet, s_good with { HeardAgo = s_limit + TimeSpan.FromTicks(1) });
        Is(CoinState.Quiet, s_good with { HeardAgo = TimeSpan.FromDays(7) });
    }

    [Fact, Trait("Fault", "8")]
    public void A_quiet_coin_is_not_stale_while_its_line_works_and_nothing_contradicts_it() =>
        Is(CoinState.Quiet, s_good with { HeardAgo = TimeSpan.FromHours(3), ConfirmedAgo = TimeSpan.FromHours(2), DelayedAgo = TimeSpan.FromHours(4), ContradictedAgo = TimeSpan.FromHours(4) });

    [Fact]
    public void Of_several_causes_the_one_that_explains_the_others_is_named()
    {
        // Everything is wrong; then one thing after the other is mended.
        var known = new CoinEvidence(false, false, false, true, false, true, null, S(1), null, S(1)) { Doubted = true };
        var causes = new List<StaleCause> { CauseOf(known) };
        foreach (Func<CoinEvidence, CoinEvidence> mend in (Func<CoinEvidence, CoinEvidence>[])
            [
                k => k with { Refused = false },
                k => k with { Listed = true },
                k => k with { Carried = true },
                k => k with { Priced = true },
                k => k with { ContradictedAgo = null },
                k => k with { DelayedAgo = null },
                k => k with { Mute = false },
                k => k with { HeardAgo = S(3) },
                k => k with { Doubted = false },
                k => k with { Written = true },
            ])
        {
            known = mend(known);
            causes.Add(CauseOf(known));
        }
        Assert.Equal(
            [StaleCause.Refused, StaleCause.NotListed, StaleCause.NoLine, StaleCause.NoPrice, StaleCause.Contradicted, StaleCause.Delayed, StaleCause.Mute, StaleCause.Unheard, StaleCause.Unconfirmed, StaleCause.NotWritten, StaleCause.None],
            causes);
        Is(CoinState.Fresh, known);
    }

    [Fact]
    public void Each_thing_that_is_wrong_alone_makes_a_coin_stale_that_was_heard_just_now()
    {
        Is(StaleCause.Refused, s_good with { Refused = true });
        Is(StaleCause.NoLine, s_good with { Carried = false });
        Is(StaleCause.NoPrice, s_good with { Priced = false });
        Is(StaleCause.Mute, s_good with { Mute = true });
        Is(StaleCause.Unheard, s_good with { HeardAgo = null });
        Is(StaleCause.NotWritten, s_good with { Written = false });
        Is(StaleCause.Contradicted, s_good with { ContradictedAgo = S(0.5) });
        Is(StaleCause.Delayed, s_good with { DelayedAgo = S(0.5) });
        Is(StaleCause.Unconfirmed, s_good with { Doubted = true });
    }

    [Fact, Trait("Fault", "8")]
    public void A_silent_price_whose_order_book_is_silent_too_is_stale_unless_REST_shows_it()
    {
        CoinEvidence silent = s_good with { HeardAgo = S(11) };
        Is(StaleCause.BookSilent, silent with { BookAgo = S(10.5) });
        Is(CoinState.Quiet, silent with { BookAgo = S(2.9) });
        Is(CoinState.Quiet, silent with { BookAgo = S(10.5), ConfirmedAgo = S(5) });
        Is(CoinState.Quiet, silent);
        Is(CoinState.Fresh, s_good with { BookAgo = S(3_600) });
        // Its repetition is not older than this before it is missed, however soon a coin counts as silent.
        Assert.Equal(CoinState.Quiet, Freshness.Judge(silent with { BookAgo = S(9.9) }, S(1)).State);
        Assert.Equal(CoinState.Quiet, Freshness.Judge(silent with { HeardAgo = S(31), BookAgo = S(29) }, S(30)).State);
    }

    [Fact, Trait("Fault", "83")]
    public void A_doubt_is_settled_by_a_message_or_an_equal_price_of_after_it_began_and_by_nothing_else()
    {
        var doubt = new Doubt(S(20), 1_000);
        Assert.False(doubt.IsSettled(1_000, null));
        Assert.False(doubt.IsSettled(0, S(20)));
        Assert.False(doubt.IsSettled(999, S(19)));
        Assert.True(doubt.IsSettled(1_001, null));
        Assert.True(doubt.IsSettled(0, S(20.001)));
    }

    [Fact, Trait("Fault", "83")]
    public void A_doubt_begins_with_the_first_cause_of_the_feeds_lasts_over_all_others_and_ends_with_them()
    {
        foreach (StaleCause cause in Enum.GetValues<StaleCause>().Except([StaleCause.None, StaleCause.NotWritten]))
        {
            Assert.Equal(new Doubt(S(5), 7), Doubt.After(null, cause, S(5), 7));
            Assert.Equal(new Doubt(S(5), 7), Doubt.After(new Doubt(S(5), 7), cause, S(9), 9));
        }
        // That Redis took a price too late says nothing against the price.
        Assert.Null(Doubt.After(new Doubt(S(5), 7), StaleCause.None, S(9), 9));
        Assert.Null(Doubt.After(null, StaleCause.NotWritten, S(9), 9));
    }

    [Fact, Trait("Fault", "83")]
    public void However_evidence_comes_and_goes_no_coin_leaves_stale_without_a_message_or_an_equal_price_of_after_it_became_stale() =>
        Holds.ForSeeds(300, random =>
        {
            Doubt? doubt = null;
            CoinState before = CoinState.Stale;
            (long staleHeard, TimeSpan staleAt) = (0, TimeSpan.Zero);
            long heard = 0;
            TimeSpan? confirmed = null;
            for (int round = 1; round < 200; round++)
            {
                TimeSpan now = S(round);
                if (random.Next(8) == 0)
                    heard = round;
                if (random.Next(12) == 0)
                    confirmed = now;
                var known = new CoinEvidence(
                    true, true, random.Next(10) > 0, random.Next(20) == 0, random.Next(10) > 0, random.Next(20) == 0, heard == 0 ? null : now - S(heard), null, now - confirmed, null)
                {
                    Doubted = doubt is { } open && !open.IsSettled(heard, confirmed),
                };
                (CoinState state, StaleCause cause) = Freshness.Judge(known, s_limit);
                doubt = Doubt.After(doubt, cause, now, heard);
                if (state != CoinState.Stale && before == CoinState.Stale && round > 1)
                    Assert.True(heard > staleHeard || confirmed > staleAt, $"round {round}");
                if (state == CoinState.Stale && (before != CoinState.Stale || round == 1))
                    (staleHeard, staleAt) = (heard, now);
                before = state;
            }
        });

    [Fact, Trait("Fault", "23")]
    public void A_coin_that_is_not_listed_is_stale_once_it_is_silent_but_not_while_its_messages_come()
    {
        Is(CoinState.Fresh, s_good with { Listed = false });
        Is(CoinState.Fresh, s_good with { Listed = false, HeardAgo = s_limit });
        Is(StaleCause.NotListed, s_good with { Listed = false, HeardAgo = s_limit + TimeSpan.FromTicks(1) });
        Is(StaleCause.NotListed, s_good with { Listed = false, HeardAgo = null, ConfirmedAgo = S(1) });
    }

    [Fact, Trait("Fault", "8")]
    public void A_contradiction_holds_until_a_message_or_an_equal_price_comes_after_it()
    {
        Is(StaleCause.Contradicted, s_good with { ContradictedAgo = S(5), HeardAgo = S(5) });
        Is(CoinState.Fresh, s_good with { ContradictedAgo = S(5), HeardAgo = S(5) - TimeSpan.FromTicks(1) });
        Is(StaleCause.Contradicted, s_good with { ContradictedAgo = S(50), HeardAgo = S(60), ConfirmedAgo = S(50) });
        Is(CoinState.Quiet, s_good with { ContradictedAgo = S(50), HeardAgo = S(60), ConfirmedAgo = S(49) });
        Is(StaleCause.Contradicted, s_good with { ContradictedAgo = TimeSpan.FromDays(1), HeardAgo = null, ConfirmedAgo = null });
    }

    [Fact, Trait("Fault", "28")]
    public void A_delayed_coin_is_stale_until_a_message_in_time_or_an_equal_price_comes_after_it()
    {
        Is(StaleCause.Delayed, s_good with { DelayedAgo = S(5), HeardAgo = S(5) });
        Is(CoinState.Fresh, s_good with { DelayedAgo = S(5), HeardAgo = S(4) });
        Is(StaleCause.Delayed, s_good with { DelayedAgo = S(50), HeardAgo = S(60), ConfirmedAgo = S(50) });
        Is(CoinState.Quiet, s_good with { DelayedAgo = S(50), HeardAgo = S(60), ConfirmedAgo = S(49) });
    }

    [Fact, Trait("Fault", "79")]
    public void A_coin_whose_messages_have_no_price_that_can_be_used_is_stale_for_that_unless_a_good_one_is_fresh_or_later_or_REST_agrees()
    {
        Is(StaleCause.Unusable, s_good with { Priced = false, HeardAgo = null, UnusableAgo = S(1) });
        Is(StaleCause.Unusable, s_good with { Priced = false, HeardAgo = S(1), UnusableAgo = S(60) });
        // One bad among good ones.
        Is(CoinState.Fresh, s_good with { HeardAgo = s_limit, UnusableAgo = S(1) });
        Is(StaleCause.Unusable, s_good with { HeardAgo = s_limit + TimeSpan.FromTicks(1), UnusableAgo = S(1) });
        Is(StaleCause.Unusable, s_good with { HeardAgo = S(60), UnusableAgo = S(60) });
        Is(CoinState.Quiet, s_good with { HeardAgo = S(60), UnusableAgo = S(61) });
        Is(CoinState.Quiet, s_good with { HeardAgo = S(60), UnusableAgo = S(1), ConfirmedAgo = s_limit });
        Is(StaleCause.Unusable, s_good with { HeardAgo = S(60), UnusableAgo = S(1), ConfirmedAgo = s_limit + TimeSpan.FromTicks(1) });
        Is(CoinState.Quiet, s_good with { HeardAgo = S(600), UnusableAgo = S(300), ConfirmedAgo = S(200) });
    }

    [Fact, Trait("Fault", "9")]
    public void On_a_mute_line_only_a_price_that_REST_has_lately_shown_is_believed()
    {
        Is(CoinState.Quiet, s_good with { Mute = true, HeardAgo = S(60), ConfirmedAgo = s_limit });
        Is(StaleCause.Mute, s_good with { Mute = true, HeardAgo = S(60), ConfirmedAgo = s_limit + TimeSpan.FromTicks(1) });
        Is(StaleCause.Mute, s_good with { Mute = true, HeardAgo = S(60) });
    }

    [Fact]
    public void A_coin_that_its_line_has_not_heard_yet_is_quiet_while_REST_has_lately_shown_its_price()
    {
        Is(CoinState.Quiet, s_good with { HeardAgo = null, ConfirmedAgo = s_limit });
        Is(StaleCause.Unheard, s_good with { HeardAgo = null, ConfirmedAgo = s_limit + TimeSpan.FromTicks(1) });
    }

    [Fact]
    public void The_limit_is_the_one_that_was_asked_for()
    {
        CoinEvidence known = s_good with { HeardAgo = S(30) };
        Assert.Equal((CoinState.Quiet, StaleCause.None), Freshness.Judge(known, S(29.9)));
        Assert.Equal((CoinState.Fresh, StaleCause.None), Freshness.Judge(known, S(30)));
    }

    [Fact]
    public void A_coin_never_gets_fresher_by_evidence_being_taken_away()
    {
        var seen = new HashSet<(CoinState, CoinState)>();
        Holds.ForAll(from known in Evidence from how in Gen.Choose(0, 10) from later in Agos select (Before: known, After: Weaker(known, how, later)), 20_000, pair =>
        {
            CoinState before = Freshness.Judge(pair.Before, s_limit).State, after = Freshness.Judge(pair.After, s_limit).State;
            Assert.True(after >= before, $"{before} became {after}: {pair.Before} became {pair.After}");
            seen.Add((before, after));
        });
        // The cases were not all of one kind.
        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public void A_coin_that_no_line_carries_is_neither_fresh_nor_quiet_whatever_else_is_known() =>
        Holds.ForAll(Evidence, 5_000, known => Assert.Equal(CoinState.Stale, Freshness.Judge(known with { Carried = false }, s_limit).State));

    [Fact]
    public void A_cause_is_named_exactly_where_a_coin_is_stale() =>
        Holds.ForAll(Evidence, 5_000, known =>
        {
            (CoinState state, StaleCause cause) = Freshness.Judge(known, s_limit);
            Assert.Equal(state == CoinState.Stale, cause != StaleCause.None);
        });

    private static Gen<TimeSpan?> Agos { get; } =
        Gen.Elements((double?[])[null, 0, 1, 5, 9.999, 10, 10.001, 60, 86_400]).Select(s => s is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null);

    private static Gen<bool> MostlyTrue { get; } = Gen.Frequency((6, Gen.Constant(true)), (1, Gen.Constant(false)));

    private static Gen<CoinEvidence> Evidence { get; } =
        from priced in MostlyTrue
        from written in MostlyTrue
        from carried in MostlyTrue
        from granted in MostlyTrue
        from listed in MostlyTrue
        from speaks in MostlyTrue
        from heard in Agos
        from delayed in Gen.Frequency((2, Gen.Constant<TimeSpan?>(null)), (1, Agos))
        from confirmed in Agos
        from contradicted in Gen.Frequency((2, Gen.Constant<TimeSpan?>(null)), (1, Agos))
        from unusable in Gen.Frequency((2, Gen.Constant<TimeSpan?>(null)), (1, Agos))
        select new CoinEvidence(priced, written, carried, !granted, listed, !speaks, heard, delayed, confirmed, contradicted, unusable);

    // What speaks for the coin is missing or older, what speaks against it is there or newer.
    private static CoinEvidence Weaker(CoinEvidence known, int how, TimeSpan? ago) => how switch
    {
        0 => known with { Priced = false },
        1 => known with { Written = false },
        2 => known with { Carried = false },
        3 => known with { Refused = true },
        4 => known with { Listed = false },
        5 => known with { Mute = true },
        6 => known with { HeardAgo = Longer(known.HeardAgo, ago) },
        7 => known with { ConfirmedAgo = Longer(known.ConfirmedAgo, ago) },
        10 => known with { UnusableAgo = Shorter(known.UnusableAgo, ago) },
        8 => known with { DelayedAgo = Shorter(known.DelayedAgo, ago) },
        _ => known with { ContradictedAgo = Shorter(known.ContradictedAgo, ago) },
    };

    private static TimeSpan? Longer(TimeSpan? a, TimeSpan? b) => a is null || b is null ? null : a > b ? a : b;

    private static TimeSpan? Shorter(TimeSpan? a, TimeSpan? b) => a is null ? b : b is null || a < b ? a : b;

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static StaleCause CauseOf(in CoinEvidence known) => Freshness.Judge(known, s_limit).Cause;

    private static void Is(CoinState state, in CoinEvidence known) => Assert.Equal((state, StaleCause.None), Freshness.Judge(known, s_limit));

    private static void Is(StaleCause cause, in CoinEvidence known) => Assert.Equal((CoinState.Stale, cause), Freshness.Judge(known, s_limit));
}
