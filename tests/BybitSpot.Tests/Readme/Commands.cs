// What each command of the README and its pages does when it is typed: the list by which the test runs them. A command that
// is not in it fails the test.
using System.Text.RegularExpressions;
using BybitSpot.Tests.Deploy;

namespace BybitSpot.Tests.Readme;

/// <summary>How a command is run, and what shows that it works.</summary>
internal abstract record Way
{
    /// <summary>It ends by itself.</summary>
    /// <param name="Matches">What stands in its output, if the page doesn't show it.</param>
    public sealed record Ends(string Matches = "", int Status = 0) : Way;

    /// <summary>It runs until it is stopped, and then ends with 0.</summary>
    public sealed record Runs(Func<Script, bool> Works) : Way;

    /// <summary>It goes on in the background of the next one.</summary>
    public sealed record Behind : Way;

    /// <summary>What it is worth is shown by the rest of the test.</summary>
    public sealed record Start : Way;

    /// <summary>In a checkout of its own, beside an old bot.</summary>
    public sealed record Moves : Way;

    /// <summary>It cannot be run by a test.</summary>
    public sealed record NotHere(string Why) : Way;
}

internal static class Commands
{
    private const string Price = @"(?m)^BTC +[0-9.]+ +\S+Z +[0-9.]+s$";

    private static readonly Func<Script, bool> s_prices = s => Regex.IsMatch(s.Output, @"(?m)^BTC\|[0-9.]+\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
    private static readonly Func<Script, bool> s_watching = s => Regex.IsMatch(s.Output, Price);
    private static readonly Func<Script, bool> s_texts = s => Regex.IsMatch(s.Errors, @"(?m)^\S+Z INFO +\S+ +first price: ") && s.Output.Length == 0;

    private static readonly Dictionary<string, Way> s_known = new()
    {
        ["git clone ADDRESS-OF-THIS-REPOSITORY bybitspot && cd bybitspot && ./run --demo"] = new Way.Start(),
        ["./run"] = new Way.Runs(s_prices),
        ["cp .env.example .env"] = new Way.Ends("^$"),
        ["redis-cli HGETALL bybit_spot:BTC"] = new Way.Ends(@"1\) ""ltp""\n2\) ""[0-9.]+"""),
        ["./run get BTC ETH"] = new Way.Ends(),
        ["./run --log-format text --quiet"] = new Way.Runs(s_texts),
        ["./run coins add XRPUSDT"] = new Way.Ends(),
        ["./run coins remove XRPUSDT"] = new Way.Ends(),
        ["./run coins list"] = new Way.Ends("^BTCUSDT\nETHUSDT\nSOLUSDT\nBNBUSDT\nDOGEUSDT$"),
        ["redis-cli HGET bybit_spot:BTC ltp"] = new Way.Ends("^\"[0-9.]+\"$"),
        ["redis-cli HMGET bybit_spot:BTC ltp timestamp"] = new Way.Ends(@"^1\) ""[0-9.]+""\n2\) ""\S+Z""$"),
        ["redis-cli EVAL \"return redis.call('HGETALL', 'bybit_spot:BTC')\" 0"] = new Way.Ends(@"""ltp""\n2\) ""[0-9.]+"""),
        ["redis-cli EVAL \"local t = {} for i, k in ipairs(KEYS) do t[i] = redis.call('HGET', k, 'ltp') end return t\" 2 bybit_spot:BTC bybit_spot:ETH"]
            = new Way.Ends(@"^1\) ""[0-9.]+""\n2\) ""[0-9.]+""$"),
        ["redis-cli HGET price_feed:spot:main:coins BTC"] = new Way.Ends(),
        ["redis-cli ZRANGE price_feed:spot 0 -1"] = new Way.Ends(@"(?m)^\d+\) ""main""$"),
        ["redis-cli HGETALL price_feed:spot:main:coins"] = new Way.Ends(@"""BTC""\n ?\d+\) ""(fresh|quiet)"""),
        ["redis-cli HGETALL price_feed:spot:main"] = new Way.Ends("state(.|\n)*since(.|\n)*coins(.|\n)*stale(.|\n)*last_tick(.|\n)*heartbeat(.|\n)*endpoint(.|\n)*version"),
        ["curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:9464/healthz"] = new Way.Ends("^200$"),
        ["curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:9464/readyz"] = new Way.Ends("^200$"),
        ["curl -s http://127.0.0.1:9464/metrics"] = new Way.Ends("(?m)^# TYPE bybitspot_"),
        ["curl -s http://127.0.0.1:9464/prices/BTC"] = new Way.Ends("""^\{"coin":"BTC","symbol":"BTCUSDT","price":"[0-9.]+",""" + "\"timestamp\":\"\\S+Z\",\"state\":\"[a-z]+\",\"age_ms\":"),
        ["curl -s http://127.0.0.1:9464/prices"] = new Way.Ends("""^\{"time":"\S+Z","market":"spot","coins":\[\{"coin":"BNB",.*\]\}$"""),
        ["curl -s http://127.0.0.1:9464/status"] = new Way.Ends("""^\{"time":"\S+Z","market":"spot","instance":"main",.*"ready":true,"""),
        ["curl -sN --max-time 2 \"http://127.0.0.1:9464/events?coins=BTC,ETH\""] = new Way.Ends("event: prices\ndata: {\"time\"", 28),
        ["./run health --ready"] = new Way.Ends(),
        ["./run doctor"] = new Way.Ends("(?s)^ok    settings .*(All is well|Nothing is wrong)"),
        ["./run check"] = new Way.Ends("^ok: 5 coins, spot from 127.0.0.1, Redis localhost:6379"),
        ["./run get --json BTC"] = new Way.Ends("""^\[\{"coin":"BTC","ltp":"[0-9.]+","timestamp":"\S+Z","original_symbol":"BTCUSDT","age_ms":-?[0-9]+,"state":"[a-z]+","stale":(true|false)\}\]$"""),
        ["./run get --watch BTC"] = new Way.Runs(s_watching),
        ["./run get --watch"] = new Way.Runs(s_watching),
        ["./run alive \"$(pgrep -n -x bybitspot)\""] = new Way.Ends("^$"),
        ["./run --version"] = new Way.Ends(@"^\d+\.\d+\.\d+$"),
        ["eval \"$(bybitspot completion bash)\""] = new Way.Ends(),
        ["./run simulate --port 9443 --script docs/simulate-example.script &"] = new Way.Behind(),
        ["BYBIT_WS_URL=ws://127.0.0.1:9443/v5/public/spot BYBIT_REST_URL=http://127.0.0.1:9443 ./run"] = new Way.Runs(s_prices),
        ["./run record prices.jsonl.gz --seconds 5"] = new Way.Ends("^$"),
        ["./run replay prices.jsonl.gz"] = new Way.Ends(@"(?m)^BTC\|[0-9.]+\|\S+Z$"),
        ["./run replay --coins BTC --from 2 prices.jsonl.gz"] = new Way.Ends(@"\A(BTC\|[0-9.]+\|\S+Z\s*)*\z"),
        ["RECORD_TO=prices-{time}.jsonl.gz RECORD_ROTATE_EVERY=1h ./run"] = new Way.Runs(s_prices),
        ["./auto_restart.sh"] = new Way.Runs(s_prices),
        ["redis-cli ping"] = new Way.Ends("^PONG$"),
        ["redis-cli INFO memory"] = new Way.Ends("used_memory:"),
        ["REDIS_URL=rediss://feed:s%2Fcret@redis.example:6380/0 ./run check"] = new Way.Ends(@"^ok: 5 coins, spot from 127\.0\.0\.1, Redis redis\.example:6380 database 0, TLS, user feed$"),
        ["REDIS_URL=unix:///run/redis/redis.sock?db=0 ./run check"] = new Way.Ends(@"^ok: 5 coins, spot from 127\.0\.0\.1, Redis unix:///run/redis/redis\.sock database 0$"),
        ["REDIS_HOST=redis.example REDIS_PORT=6380 REDIS_TLS=true REDIS_CA_FILE=/etc/bybitspot/redis-ca.pem ./run check"] = new Way.NotHere("it names certificates of another machine; SecureRedisTests makes some"),
        ["REDIS_URL=rediss://redis.example REDIS_CERT_FILE=/etc/bybitspot/client.pem REDIS_KEY_FILE=/etc/bybitspot/client.key ./run check"] = new Way.NotHere("the same"),
        ["REDIS_SENTINELS=s1.example:26379,s2.example:26379,s3.example:26379 REDIS_SENTINEL_MASTER=mymaster ./run check"] =
            new Way.Ends(@"^ok: 5 coins, spot from 127\.0\.0\.1, Redis ""mymaster"" \(sentinels s1\.example:26379, s2\.example:26379, s3\.example:26379\) database 0$"),
        ["REDIS_CLUSTER=true REDIS_HOST=redis.example ./run check"] = new Way.Ends(@"^ok: 5 coins, spot from 127\.0\.0\.1, Redis cluster redis\.example:6379 database 0$"),
        ["REDIS_CLUSTER=n1.example:6379,n2.example:6379 ./run check"] = new Way.Ends(@"^ok: 5 coins, spot from 127\.0\.0\.1, Redis cluster n1\.example:6379, n2\.example:6379 database 0$"),
        ["REDIS_WRITE_MODE=guarded INSTANCE_ID=a ./run check"] = new Way.Ends("^ok: 5 coins, spot from 127"),
        ["REDIS_HASH_FIELDS=extended BYBIT_CHANNELS=tickers,publicTrade,orderbook.1 ./run"] = new Way.Runs(s_prices),
        ["REDIS_USERNAME=feed REDIS_PASSWORD_FILE=/run/secrets/redis-password ./run check"] = new Way.NotHere("it names a file of another machine; LoginTests makes one"),
        [$"redis-cli ACL SETUSER feed on '>SECRET' {Journeys.Store.LoginTests.WriterRights}"] = new Way.Ends("^OK$"),
        [$"redis-cli ACL SETUSER reader on '>SECRET' {Journeys.Store.LoginTests.ReaderRights}"] = new Way.Ends("^OK$"),
        ["REDIS_URL=redis://reader:SECRET@localhost ./run get BTC"] = new Way.Ends(Price),
        ["dotnet --version"] = new Way.Ends(@"^10\."),
        ["until ./run get BTC >/dev/null 2>&1; do sleep 1; done"] = new Way.Ends("^$"),
        ["cp /path/to/bybitspotpy/.env .env"] = new Way.Moves(),
        ["cp /path/to/bybitspotpy/config/coins.json config/coins.json"] = new Way.Moves(),
        ["(umask 077; openssl rand -hex 24 | tr -d '\\n' > deploy/kubernetes/redis-password)"] = new Way.Ends("^$"),
        ["./publish"] = new Way.NotHere("it builds for a minute or two; ./test --long runs it (PublishTests)"),
        ["./publish osx-arm64 osx-x64 win-x64"] = new Way.NotHere("it builds for minutes; what it made is looked at where it was made (PublishedElsewhereTests, WindowsTests)"),
        ["unshare -r -n -p --fork --kill-child --mount-proc bench/start.py"] = new Way.NotHere("it measures for minutes, on a machine that is otherwise idle"),
        ["./test RedisContract"] = new Way.NotHere("a test that runs the tests"),
    };

    private static readonly (string Word, string Why)[] s_elsewhere =
    [
        ("docker", "no Docker daemon and no network in a test"),
        ("kubectl", "no cluster in a test"),
        ("sudo", "it changes the machine; systemd-analyze looks at the unit (DeployFilesTests)"),
        ("journalctl", "no systemd in a test"),
    ];

    /// <summary>Null: nobody knows it.</summary>
    public static Way? WayOf(string command)
    {
        if (s_known.TryGetValue(command, out Way? way))
            return way;
        foreach ((string word, string why) in s_elsewhere)
            if (Regex.IsMatch(command, $@"(^|&& ){word} "))
                return new Way.NotHere(why);
        return null;
    }

    public static IEnumerable<string> All => s_known.Keys;
}
