using BybitSpot.App;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Store;

public sealed class EmbeddedStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("always", true, true, true)]
    [InlineData("always", false, false, true)]
    [InlineData("never", false, false, false)]
    [InlineData("auto", false, false, true)]
    [InlineData("auto", false, true, false)]
    [InlineData("auto", true, false, false)]
    [InlineData("auto", true, true, false)]
    public void Auto_means_an_embedded_store_only_where_nobody_named_a_Redis_and_none_answers(string use, bool named, bool answers, bool wanted) =>
        Assert.Equal(wanted, EmbeddedStore.Wanted(Enum.Parse<EmbeddedUse>(use, ignoreCase: true), named, () => answers));

    [Fact]
    public void Where_a_Redis_was_named_nobody_is_asked_whether_one_answers() =>
        Assert.False(EmbeddedStore.Wanted(EmbeddedUse.Auto, redisNamed: true, () => throw new InvalidOperationException("asked")));

    [Theory]
    [InlineData("", null, false)]
    [InlineData("REDIS_HOST=localhost\n", null, true)]
    [InlineData("REDIS_HOST=\n", null, false)]
    [InlineData("REDIS_PORT=6380\n", null, true)]
    [InlineData("REDIS_PORT=6379\n", null, true)]
    [InlineData("REDIS_PORT=\n", null, false)]
    [InlineData("REDIS_DB=3\n", null, false)]
    [InlineData("REDIS_URL=redis://example\n", null, true)]
    [InlineData("", "REDIS_HOST", true)]
    [InlineData("", "REDIS_URL", true)]
    public void A_Redis_counts_as_named_when_its_host_port_or_URL_was_set_even_to_the_default(string file, string? variable, bool named)
    {
        SettingsResult read = SettingsReader.Read(
            new Dictionary<string, string>(), name => name != variable ? null : name == "REDIS_URL" ? "redis://localhost" : "localhost", _folder.Write(".env", file));
        Assert.Equal(named, read.Settings!.RedisNamed);
        Assert.Equal(EmbeddedUse.Auto, read.Settings.RedisEmbedded);
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("Never", true)]
    [InlineData("always", true)]
    [InlineData("yes", false)]
    [InlineData("1", false)]
    public void REDIS_EMBEDDED_is_one_of_three_words(string text, bool right)
    {
        SettingsResult read = SettingsReader.Read(new Dictionary<string, string> { ["REDIS_EMBEDDED"] = text }, _ => null, _folder.Write(".env", ""));
        Assert.Equal(right ? [] : [$"REDIS_EMBEDDED: \"{text}\" is neither auto, always nor never [from --redis-embedded]"], read.Errors);
        Assert.Empty(read.Warnings);
    }

    [Fact]
    [Trait("Fault", "49")]
    public void A_port_that_is_taken_between_the_look_and_the_start_is_passed_over_too()
    {
        var started = new List<int>();
        using EmbeddedStore store = EmbeddedStore.Start(
            port =>
            {
                started.Add(port);
                return port == 6402 ? new Ending() : null;
            },
            port => port != 6399);
        Assert.Equal(6402, store.Port);
        Assert.Equal([6400, 6401, 6402], started);
    }

    [Fact]
    [Trait("Fault", "49")]
    public void After_a_bounded_number_of_taken_ports_it_is_given_up_without_loading_anything()
    {
        int looks = 0;
        var failure = Assert.Throws<StoreException>(() => EmbeddedStore.Start(
            _ => throw new InvalidOperationException("loaded"),
            _ => ++looks < 0));
        Assert.Equal(StorePorts.TriesMax, looks);
        Assert.Equal("the embedded store cannot start: ports 6399 to 6430 of 127.0.0.1 are all taken", failure.Message);
    }

    private sealed class Ending : IDisposable
    {
        public void Dispose() { }
    }
}
