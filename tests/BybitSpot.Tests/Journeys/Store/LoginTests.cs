using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Users, secrets in files that change, unix sockets: how one gets into a real Redis.</summary>
public sealed class LoginTests
{
    private const string Old = "canary-0ld-s3cret", New = "canary-n3w s3cret/@:%";

    /// <summary>The least rights with which all works, as docs/redis.md has them for a shell.</summary>
    internal const string WriterRights =
        "resetkeys '~bybit_spot:*' '~price_feed:spot*' resetchannels -@all +hset +hget +hmget +hgetall +hdel +exists +del +sadd +pexpire +pttl +persist +zadd +zrange +zremrangebyscore +type +time +eval +evalsha +role +ping +info";

    /// <summary>What the page said before others were looked for and left-over fields taken away.</summary>
    private const string WriterRightsBefore =
        "resetkeys '~bybit_spot:*' '~price_feed:spot*' resetchannels -@all +hset +hget +hmget +exists +del +sadd +pexpire +zadd +zremrangebyscore +type +time +eval +ping +info";

    internal const string ReaderRights = "resetkeys '~bybit_spot:*' '~price_feed:spot*' resetchannels -@all +hget +hmget +hkeys +zrange";

    [Fact]
    [Trait("Fault", "39")]
    [Trait("Fault", "78")]
    public void A_password_that_is_changed_on_the_server_and_in_its_file_needs_no_restart()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", Old);
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "login-1" }, redis);
        Bot bot = Run(journey, ("REDIS_PASSWORD_FILE", Secret(journey, Old)));
        journey.AwaitFirstPrices("BTCUSDT");
        redis.Ask("CONFIG", "SET", "requirepass", New);
        Kill(redis, "login-1");
        // The file is behind: that is told, and prices come as soon as it is not.
        Assert.Contains("WRONGPASS", bot.Log("redis_unavailable", l => l.Text("reason").Contains("AUTH refused")).Text("reason"));
        Secret(journey, New);
        journey.TradeArrives("BTCUSDT", "101.00");
        Assert.NotNull(SecureRedis.ClientOf(redis, "login-1"));
        Assert.Equal(0, Tools.Tool.Run(journey.Folder, Environment(journey), "get", "BTC").Status);
        bot.EndsAndNeverSays(Old, New);
    }

    [Fact]
    [Trait("Fault", "78")]
    public void An_address_in_a_file_that_changes_leads_to_another_server_without_a_restart()
    {
        using RedisServer first = RedisServer.Start("--requirepass", Old), second = RedisServer.Start("--requirepass", "canary-plain-s3cret");
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "login-1" }, first);
        string file = Path.Combine(journey.Folder, "address");
        File.WriteAllText(file, $"redis://:{Old}@127.0.0.1:{first.Port}/2\n");
        Bot bot = Run(journey, ("REDIS_URL_FILE", file), ("REDIS_HOST", Bot.Unset), ("REDIS_PORT", Bot.Unset));
        first.Ask("SELECT", "2");
        journey.AwaitFirstPrices("BTCUSDT");
        File.WriteAllText(file, $"redis://:canary-plain-s3cret@127.0.0.1:{second.Port}\n");
        Kill(first, "login-1");
        Until.True("prices are in the other server", () => second.Price("BTC") is not null, state: () => bot.ErrorText);
        Assert.Contains($"127.0.0.1:{second.Port}", bot.Log("redis_connected", l => l.Text("endpoint").EndsWith($":{second.Port}")).Text("endpoint"));
        journey.Exchange.Trade("BTCUSDT", "101.00");
        Until.Equal("BTC", "101.00", () => second.Price("BTC"), state: () => bot.ErrorText);
        bot.EndsAndNeverSays(Old, "canary-plain-s3cret");
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_by_its_name_and_waited_for()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", Old);
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "login-1" }, redis);
        string file = Secret(journey, Old);
        Bot bot = Run(journey, ("REDIS_PASSWORD_FILE", file));
        journey.AwaitFirstPrices("BTCUSDT");
        File.Delete(file);
        Kill(redis, "login-1");
        Assert.Equal($"REDIS_PASSWORD_FILE: {file} does not exist", bot.Log("redis_unavailable", l => l.Text("reason").Contains("REDIS_PASSWORD_FILE")).Text("reason"));
        journey.Exchange.Trade("BTCUSDT", "101.00");
        Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("BTC|101.00|")), state: () => bot.ErrorText);
        Secret(journey, Old);
        journey.PriceBecomes("BTCUSDT", "101.00");
        // At the start it is an error of the settings, told with the others.
        File.Delete(file);
        using Bot second = Bot.Start(["run"], Environment(journey), journey.Folder);
        Assert.Equal(78, second.Exit());
        Assert.Contains($"REDIS_PASSWORD_FILE: {file} does not exist [from environment]", second.ErrorText);
        bot.EndsAndNeverSays(Old);
    }

    [Theory]
    [Trait("Fault", "40")]
    [InlineData("+hset", "redis_write_refused", "error", "hset")]
    [InlineData("+eval", "redis_status_refused", "error", "eval")]
    [InlineData("+ping", "redis_unavailable", "reason", "ping")]
    public void A_right_that_is_missing_is_told_by_the_name_of_the_command(string right, string told, string field, string command)
    {
        using RedisServer redis = RedisServer.Start();
        redis.Ask(["ACL", "SETUSER", "feed", "on", $">{Old}", .. WriterRights.Replace("'", "").Split(' ').Where(r => r != right)]);
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis);
        Bot bot = Run(journey, ("REDIS_USERNAME", "feed"), ("REDIS_PASSWORD", Old));
        string said = bot.Log(told).Text(field);
        Assert.Contains("NOPERM", said);
        Assert.Contains($"'{command}'", said, StringComparison.OrdinalIgnoreCase);
        // And once it is given, all is well without a restart.
        redis.Ask("ACL", "SETUSER", "feed", right);
        journey.AwaitFirstPrices("BTCUSDT");
        Until.Equal("state", "live", () => redis.Status().GetValueOrDefault("state"), state: () => bot.ErrorText);
    }

    [Theory]
    [Trait("Fault", "78")]
    [InlineData(WriterRights), InlineData(WriterRightsBefore)]
    public void A_user_with_the_least_rights_writes_and_another_reads(string rights)
    {
        using RedisServer redis = RedisServer.Start();
        redis.Ask(["ACL", "SETUSER", "feed", "on", $">{New}", .. rights.Replace("'", "").Split(' ')]);
        redis.Ask(["ACL", "SETUSER", "reader", "on", $">{Old}", .. ReaderRights.Replace("'", "").Split(' ')]);
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], redis: redis);
        Bot bot = Run(journey, ("REDIS_URL", $"redis://feed:{Uri.EscapeDataString(New)}@127.0.0.1:{redis.Port}"), ("REDIS_HOST", Bot.Unset), ("REDIS_PORT", Bot.Unset));
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        Until.Equal("state", "live", () => redis.Status().GetValueOrDefault("state"), state: () => bot.ErrorText);
        journey.WriteCoins("BTCUSDT");
        Until.True("the removed coin goes", () => redis.Price("ETH") is null, state: () => bot.ErrorText);
        Until.True("the users are who they are to be", () => ((string)redis.Ask("CLIENT", "LIST")!).Contains(" user=feed "));
        // Its name and its wish not to be evicted are refused here, and that is nobody's trouble.
        Assert.Equal(0, bot.CountLogs("redis_unavailable") + bot.CountLogs("redis_write_refused") + bot.CountLogs("redis_status_refused"));

        Dictionary<string, string> reader = Environment(journey);
        reader["REDIS_USERNAME"] = "reader";
        reader["REDIS_PASSWORD"] = Old;
        Tools.Outcome got = Tools.Tool.Run(journey.Folder, reader, "get", "BTC");
        Assert.Equal((0, ""), (got.Status, got.Error));
        Assert.Matches(@"(?m)^BTC +101\.00 +\S+ +[0-9.]+s$", got.Output);
        reader["REDIS_PASSWORD"] = "canary-wrong-s3cret";
        got = Tools.Tool.Run(journey.Folder, reader, "get", "BTC");
        Assert.Equal(1, got.Status);
        Assert.Contains("WRONGPASS", got.Error);
        Assert.DoesNotContain("canary", got.Error);
        bot.EndsAndNeverSays(New, Uri.EscapeDataString(New));
    }

    [Fact]
    [Trait("Fault", "78")]
    public void A_secret_in_an_address_is_in_no_log_no_page_no_error_no_hint_and_no_process_list()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", New);
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis);
        Bot bot = Run(journey, ("REDIS_URL", $"redis://:{Uri.EscapeDataString(New)}@127.0.0.1:{redis.Port}"), ("REDIS_HOST", Bot.Unset), ("REDIS_PORT", Bot.Unset),
            ("HTTP_URL", "http://127.0.0.1:0"), ("LOG_LEVEL", "debug"));
        journey.AwaitFirstPrices("BTCUSDT");
        string look = bot.Log("where_to_look").Text("look");
        Assert.Equal("look from another terminal: bybitspot get BTC", look);
        Page page = Page.Of(bot);
        redis.Ask("CONFIG", "SET", "requirepass", "canary-0ther-s3cret");
        redis.Ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        bot.Log("redis_unavailable", l => l.Text("reason").Contains("WRONGPASS"));
        string said = string.Concat(((string[])["/healthz", "/readyz", "/metrics", "/"]).Select(p => page.Get(p) is var reply ? reply.Head + reply.Body : ""));
        foreach (string command in (string[])["get", "check"])
        {
            Tools.Outcome outcome = Tools.Tool.Run(journey.Folder, Environment(journey), command == "get" ? ["get", "BTC"] : ["check", "--json"]);
            said += outcome.Output + outcome.Error;
        }
        Assert.Contains("check REDIS_URL", said);
        Assert.DoesNotContain("canary", said);
        bot.EndsAndNeverSays(New, Uri.EscapeDataString(New), "canary-0ther-s3cret");
    }

    [Fact]
    public void A_unix_socket_is_as_good_as_an_address_and_one_that_is_not_there_is_told_as_such()
    {
        string folder = Repository.NewScratchFolder();
        string path = Path.Combine(folder, "redis.sock");
        try
        {
            using RedisServer redis = RedisServer.Start("--unixsocket", path);
            using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "unix-1" }, redis);
            Bot bot = Run(journey, ("REDIS_URL", $"unix://{path}?db=3"), ("REDIS_HOST", Bot.Unset), ("REDIS_PORT", Bot.Unset));
            redis.Ask("SELECT", "3");
            journey.AwaitFirstPrices("BTCUSDT");
            journey.TradeArrives("BTCUSDT", "101.00");
            Assert.Contains($" laddr={path}:0 ", SecureRedis.ClientOf(redis, "unix-1"));
            Assert.Equal($"unix://{path}", bot.Log("redis_connected").Text("endpoint"));
            Assert.Equal($"look from another terminal: bybitspot get BTC, or redis-cli -s {path} -n 3 HGETALL bybit_spot:BTC", bot.Log("where_to_look").Text("look"));
            Tools.Outcome got = Tools.Tool.Run(journey.Folder, Environment(journey), "get", "BTC");
            Assert.Equal((0, ""), (got.Status, got.Error));
            Assert.Contains("101.00", got.Output);

            File.Delete(path);
            redis.Kill();
            bot.Log("redis_unavailable", l => l.Text("reason") == "there is no socket at that path");
            got = Tools.Tool.Run(journey.Folder, Environment(journey), "get", "BTC");
            Assert.Equal((1, $"bybitspot: no Redis at unix://{path} (there is no socket at that path): is it running? REDIS_URL says where it is\n"), (got.Status, got.Error));
            redis.Launch();
            redis.Ask("SELECT", "3");
            journey.AwaitFirstPrices("BTCUSDT");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Secret(Journey journey, string secret)
    {
        // As orchestrators do: another file takes the name.
        string file = Path.Combine(journey.Folder, "secret");
        File.WriteAllText(file + ".new", secret + "\n");
        File.Move(file + ".new", file, overwrite: true);
        return file;
    }

    private static Bot Run(Journey journey, params (string Name, string Value)[] settings)
    {
        foreach ((string name, string value) in settings)
            journey.Set(name, value);
        return journey.Run();
    }

    private static void Kill(RedisServer redis, string client)
    {
        Until.True($"{client} is there", () => SecureRedis.ClientOf(redis, client) is not null);
        redis.Ask("CLIENT", "KILL", "ID", SecureRedis.ClientOf(redis, client)!.Split(' ')[0].Split('=')[1]);
    }

    private static Dictionary<string, string> Environment(Journey journey) => journey.Environment.Where(e => e.Value != Bot.Unset).ToDictionary();
}
