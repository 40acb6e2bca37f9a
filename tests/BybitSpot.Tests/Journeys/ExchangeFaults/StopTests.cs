using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// SIGTERM in every phase of a line's life ends the program with 0 within 5 s.
public sealed class StopTests
{
    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_an_upgrade_hangs_ends_the_program_with_0() => Stops(
        journey => journey.Exchange.Faults.UpgradeNeverAnswered = true,
        journey => journey.AwaitConnection(1));

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_an_upgrade_drips_ends_the_program_with_0() => Stops(
        journey => journey.Exchange.Faults.UpgradeDripMs = 500,
        journey => journey.AwaitConnection(1));

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_waiting_before_a_reconnect_ends_the_program_with_0() => Stops(
        journey => journey.Exchange.Faults.UpgradeStatus = 503,
        journey => journey.Bot.Log("feed_reconnecting"),
        ("RECONNECT_INTERVAL_MS", "60000"));

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_an_ack_is_awaited_ends_the_program_with_0() => Stops(
        journey => journey.Exchange.Faults.NoAck = true,
        journey => Assert.True(journey.Exchange.WaitFor(e => e.Requests.Count > 0, Until.Limit)));

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_the_exchange_is_silent_ends_the_program_with_0() => Stops(
        _ => { },
        journey =>
        {
            journey.AwaitFirstPrices("BTCUSDT");
            journey.Exchange.Faults.Silent = true;
        });

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_a_TLS_handshake_hangs_ends_the_program_with_0()
    {
        using var mute = new TcpRelay();
        Stops(
            _ => { },
            _ => Until.True("it connects", () => mute.Accepted > 0),
            ("BYBIT_WS_URL", $"wss://127.0.0.1:{mute.Port}/v5/public/spot"));
    }

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_a_proxy_does_not_answer_ends_the_program_with_0()
    {
        using var mute = new TcpRelay();
        Stops(
            _ => { },
            _ => Until.True("it connects", () => mute.Accepted > 0),
            ("BYBIT_WS_URL", "wss://exchange.test/v5/public/spot"),
            ("HTTPS_PROXY", $"http://127.0.0.1:{mute.Port}"));
    }

    private static void Stops(Action<Journey> fault, Action<Journey> reached, params (string Name, string Value)[] settings)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], settings.ToDictionary(s => s.Name, s => s.Value));
        fault(journey);
        journey.Run();
        reached(journey);
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Assert.Equal(1, journey.Bot.CountLogs("stopped"));
        Assert.Equal(0, journey.Bot.CountLogs("thread_died"));
    }
}
