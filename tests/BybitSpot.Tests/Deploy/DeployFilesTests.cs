using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>The files for systemd, Docker and Kubernetes, as far as they can be checked without these.</summary>
public sealed class DeployFilesTests
{
    /// <summary>Of 10; what is left is the network, which the program is for, and memory that is compiled into.</summary>
    private const double ExposureMax = 1.5;

    private static readonly string[] s_known = [.. SettingsTable.All.Select(s => s.Name)];

    // ---- systemd

    [Theory]
    [InlineData("bybitspot.service", "bybitspot.service")]
    [InlineData("bybitspot@.service", "bybitspot@a.service")]
    public void Systemd_takes_the_unit_without_a_complaint_and_finds_it_hardened(string file, string instance)
    {
        Assert.SkipUnless(Script.IsThere("systemd-analyze"), "systemd-analyze is not here (Debian: apt-get install systemd)");
        string folder = Repository.NewScratchFolder(), unit = Path.Combine(folder, instance);
        try
        {
            // Verifying looks for the program, which is not installed here.
            File.WriteAllText(unit, Read("deploy/systemd/" + file).Replace("/opt/bybitspot/bybitspot", Repository.Program, StringComparison.Ordinal));
            (int status, string output, string errors) = Script.Run("systemd-analyze", ["verify", unit]);
            Assert.Equal((0, "", ""), (status, output, errors));
            (_, string security, _) = Script.Run("systemd-analyze", ["security", "--offline=true", "--no-pager", unit]);
            Match exposure = Regex.Match(security, @"Overall exposure level for bybitspot(?:@a)?\.service: ([0-9.]+)");
            Assert.True(exposure.Success, security);
            Assert.InRange(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture), 0, ExposureMax);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_unit_of_several_instances_is_the_one_of_one_but_for_names_and_the_guard()
    {
        string[] one = Lines("bybitspot.service"), several = Lines("bybitspot@.service");
        Assert.Equal(["Description=BybitSpot %i: latest Bybit prices into Redis", "EnvironmentFile=-/etc/bybitspot/%i.env", "Environment=REDIS_WRITE_MODE=guarded", "Environment=INSTANCE_ID=%i"], several.Except(one));
        Assert.Equal(["Description=BybitSpot: latest Bybit prices into Redis"], one.Except(several));

        static string[] Lines(string file) => [.. Read("deploy/systemd/" + file).Split('\n').SkipWhile(l => l != "[Unit]")];
    }

    [Theory]
    [InlineData("bybitspot.service"), InlineData("bybitspot@.service")]
    public void The_unit_starts_again_for_ever_but_not_what_would_end_the_same_way(string file)
    {
        string unit = Read("deploy/systemd/" + file);
        Assert.Contains("\nRestart=always\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nStartLimitIntervalSec=0\n", unit, StringComparison.Ordinal);
        Assert.Contains($"\nRestartPreventExitStatus={ExitStatus.Usage} {ExitStatus.Configuration}\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nType=notify\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nWatchdogSec=60\n", unit, StringComparison.Ordinal);
        Assert.Matches(@"\nExecStart=/\S+ run --quiet\n", unit);
        AssertSettings(Regex.Matches(unit, @"(?m)^Environment=(\w+)=").Select(m => m.Groups[1].Value));
        Assert.Contains("\nEnvironment=REDIS_EMBEDDED=never\n", unit, StringComparison.Ordinal);
    }

    // ---- Docker

    [Fact]
    public void Every_path_that_the_Dockerfile_copies_is_there_and_passes_the_ignore_file()
    {
        string dockerfile = Read("deploy/docker/Dockerfile");
        string[] ignore = [.. Read("deploy/docker/Dockerfile.dockerignore").Split('\n').Where(l => l.StartsWith('!')).Select(l => l[1..].TrimEnd('/'))];
        string[] copied = [.. Regex.Matches(dockerfile, @"(?m)^COPY (?!--from)(.+) \S+$").SelectMany(m => m.Groups[1].Value.Split(' '))];
        Assert.True(copied.Length > 5);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        Assert.All(copied, path => Assert.Contains(path.TrimEnd('/'), ignore));
        Assert.All(ignore, path => Assert.Contains(path, copied.Select(c => c.TrimEnd('/'))));
    }

    [Fact]
    public void The_Dockerfile_copies_all_that_publishing_reads()
    {
        string dockerfile = Read("deploy/docker/Dockerfile");
        MatchCollection copies = Regex.Matches(Read("publish"), @"(?m)\bcp (.+) ""\$fresh");
        Assert.NotEmpty(copies);
        foreach (Match used in copies)
            foreach (string file in used.Groups[1].Value.Split(' '))
                Assert.True(dockerfile.Contains(file, StringComparison.Ordinal) || dockerfile.Contains(file.Split('/')[0] + "/", StringComparison.Ordinal), file);
        // What publishing calls, and what that asks for.
        Assert.Contains("\nCOPY .config/ .config/\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains("\nCOPY deploy/ deploy/\n", dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_runs_without_rights_quietly_and_checks_itself_by_a_command_that_exists()
    {
        string dockerfile = Read("deploy/docker/Dockerfile");
        Assert.Matches(@"(?m)^USER [1-9][0-9]*:[1-9][0-9]*$", dockerfile);
        Assert.Contains("CMD [\"run\", \"--quiet\"]", dockerfile, StringComparison.Ordinal);
        Assert.Contains("CMD [\"/usr/local/bin/bybitspot\", \"alive\"]", dockerfile, StringComparison.Ordinal);
        Assert.Contains("REDIS_EMBEDDED=never", dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_is_what_the_script_collects_on_nothing()
    {
        string dockerfile = Read("deploy/docker/Dockerfile");
        string last = dockerfile[dockerfile.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        Assert.StartsWith("\nFROM scratch\n", last, StringComparison.Ordinal);
        // The only files: the script deploy/docker/image takes this stage as it stands, but for where they come from.
        Assert.Equal("COPY --from=build /image/ /", Assert.Single(last.Split('\n'), l => l.StartsWith("COPY ", StringComparison.Ordinal)));
        Assert.Contains("\nRUN ./publish && deploy/docker/rootfs artifacts/bybitspot-linux-* /image\n", dockerfile, StringComparison.Ordinal);
        string entry = Regex.Match(last, @"(?m)^ENTRYPOINT \[""(.+)""\]$").Groups[1].Value, coins = Regex.Match(last, @"COINS_FILE=(\S+)").Groups[1].Value;
        string rootfs = Read("deploy/docker/rootfs");
        foreach (string path in (string[])[entry, coins])
            Assert.Contains($"\"$root{path}\"", rootfs, StringComparison.Ordinal);
        Assert.Contains($"id={Regex.Match(last, @"(?m)^USER (\d+):").Groups[1].Value}\n", rootfs, StringComparison.Ordinal);
        Assert.Contains("LOG_FORMAT=json", last, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_publishes_Redis_where_none_usually_listens_and_the_pages_say_where()
    {
        JsonElement redis = Assert.Single(YamlFile.Read("deploy/docker/compose.yaml")).GetProperty("services").GetProperty("redis");
        Match published = Regex.Match(Assert.Single(redis.GetProperty("ports").EnumerateArray()).GetString()!, "^127\\.0\\.0\\.1:(\\d+):6379$");
        Assert.True(published.Success);
        int port = int.Parse(published.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.NotEqual(6379, port);
        Assert.False(port >= StorePorts.First && port <= StorePorts.LastPort, "the embedded store listens there");
        Assert.Contains($"at port {port} ", Read("docs/operations.md"), StringComparison.Ordinal);
        Assert.Contains($"redis-cli -p {port} ", Read("deploy/docker/compose.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_keeps_both_running_caps_their_logs_and_sets_only_what_is_a_setting()
    {
        JsonElement compose = Assert.Single(YamlFile.Read("deploy/docker/compose.yaml"));
        foreach (JsonProperty service in compose.GetProperty("services").EnumerateObject())
        {
            Assert.Equal("unless-stopped", Text(service.Value, "restart"));
            Assert.Equal("10m", Text(service.Value, "logging", "options", "max-size"));
            Assert.True(service.Value.TryGetProperty("healthcheck", out _));
        }
        JsonElement bot = compose.GetProperty("services").GetProperty("bybitspot");
        AssertSettings(bot.GetProperty("environment").EnumerateObject().Select(p => p.Name));
        Assert.Equal("never", Text(bot, "environment", "REDIS_EMBEDDED"));
        // Seen from this machine alone, under a name that is answered.
        ListenAddress page = Taken(Text(bot, "environment", "HTTP_URL"));
        Assert.True(page.IsEverywhere);
        Assert.Equal($"127.0.0.1:{page.Port}:{page.Port}", Assert.Single(bot.GetProperty("ports").EnumerateArray()).GetString());
        Assert.Equal(["run", "--quiet"], bot.GetProperty("command").EnumerateArray().Select(e => e.GetString()!));
        string folder = Path.Combine(Repository.Root, "deploy/docker");
        string mounted = Assert.Single(bot.GetProperty("volumes").EnumerateArray()).GetString()!.Split(':')[0];
        Assert.True(File.Exists(Path.Combine(folder, mounted, "coins.json")));
        Assert.True(File.Exists(Path.Combine(folder, Text(bot, "build", "context"), Text(bot, "build", "dockerfile"))));
    }

    [Fact, Trait("Fault", "95")]
    public void Every_probe_grants_alive_the_time_that_it_takes_and_asks_often_enough_for_a_restart_within_a_minute_of_a_hang()
    {
        var probes = new List<(int PeriodS, int TimeoutS, int Retries)>();
        Match docker = Regex.Match(Read("deploy/docker/Dockerfile"), @"HEALTHCHECK --interval=(\d+)s --timeout=(\d+)s --start-period=\d+s --retries=(\d+)");
        probes.Add((Number(docker.Groups[1].Value), Number(docker.Groups[2].Value), Number(docker.Groups[3].Value)));
        JsonElement compose = Assert.Single(YamlFile.Read("deploy/docker/compose.yaml")).GetProperty("services").GetProperty("bybitspot").GetProperty("healthcheck");
        probes.Add((Number(Text(compose, "interval").TrimEnd('s')), Number(Text(compose, "timeout").TrimEnd('s')), Number(Text(compose, "retries"))));
        JsonElement pod = Of(YamlFile.Read("deploy/kubernetes/bybitspot.yaml"), "Deployment", "bybitspot").GetProperty("spec").GetProperty("template").GetProperty("spec");
        JsonElement liveness = Assert.Single(pod.GetProperty("containers").EnumerateArray()).GetProperty("livenessProbe");
        probes.Add((Number(Text(liveness, "periodSeconds")), Number(Text(liveness, "timeoutSeconds")), Number(Text(liveness, "failureThreshold"))));
        Assert.All(probes, probe =>
        {
            Assert.InRange(probe.TimeoutS, VerdictReader.Longest.TotalSeconds + 3, 30);
            Assert.InRange(HealthJudge.StandingLooks * HealthJudge.LookEvery.TotalSeconds + probe.PeriodS * probe.Retries, 0, 60);
            Assert.InRange(probe.Retries, 2, 5);
        });
    }

    // ---- Kubernetes

    [Fact]
    public void Kubernetes_runs_one_instance_without_rights_with_its_coins_in_a_folder()
    {
        JsonElement[] things = [.. YamlFile.Read("deploy/kubernetes/bybitspot.yaml"), .. YamlFile.Read("deploy/kubernetes/redis.yaml")];
        JsonElement deployment = Of(things, "Deployment", "bybitspot");
        Assert.Equal("1", Text(deployment, "spec", "replicas"));
        // An upgrade is a second one beside it until that is ready; so the newest price has to win.
        Assert.Equal(("RollingUpdate", "1", "0"), (Text(deployment, "spec", "strategy", "type"), Text(deployment, "spec", "strategy", "rollingUpdate", "maxSurge"), Text(deployment, "spec", "strategy", "rollingUpdate", "maxUnavailable")));
        JsonElement pod = deployment.GetProperty("spec").GetProperty("template").GetProperty("spec");
        Assert.Equal("True", Text(pod, "securityContext", "runAsNonRoot"));
        JsonElement container = Assert.Single(pod.GetProperty("containers").EnumerateArray());
        Assert.Equal("True", Text(container, "securityContext", "readOnlyRootFilesystem"));
        Assert.Equal("False", Text(container, "securityContext", "allowPrivilegeEscalation"));
        AssertSettings(container.GetProperty("env").EnumerateArray().Select(e => Text(e, "name")));
        Assert.Equal("guarded", Text(container.GetProperty("env").EnumerateArray().First(e => Text(e, "name") == "REDIS_WRITE_MODE"), "value"));
        JsonElement mount = Assert.Single(container.GetProperty("volumeMounts").EnumerateArray());
        Assert.False(mount.TryGetProperty("subPath", out _), "a file mounted by subPath never changes");
        Assert.Equal(["/usr/local/bin/bybitspot", "alive"], container.GetProperty("livenessProbe").GetProperty("exec").GetProperty("command").EnumerateArray().Select(e => e.GetString()!));
        ListenAddress page = Taken(Text(container.GetProperty("env").EnumerateArray().First(e => Text(e, "name") == "HTTP_URL"), "value"));
        Assert.True(page.IsEverywhere);
        JsonElement port = Assert.Single(container.GetProperty("ports").EnumerateArray());
        Assert.Equal($"{page.Port}", Text(port, "containerPort"));
        Assert.Equal(Text(port, "name"), Text(container, "readinessProbe", "httpGet", "port"));
        Assert.Equal("/readyz", Text(container, "readinessProbe", "httpGet", "path"));
        Assert.Equal($"{page.Port}", Text(deployment, "spec", "template", "metadata", "annotations", "prometheus.io/port"));
        // What is referred to is there.
        string redis = Text(container.GetProperty("env").EnumerateArray().First(e => Text(e, "name") == "REDIS_HOST"), "value");
        Of(things, "Service", redis);
        Of(things, "Secret", Text(container.GetProperty("env").EnumerateArray().First(e => Text(e, "name") == "REDIS_PASSWORD"), "valueFrom", "secretKeyRef", "name"));
        string coins = Text(Of(things, "ConfigMap", Text(pod.GetProperty("volumes")[0], "configMap", "name")), "data", "coins.json");
        Assert.NotEqual(0, JsonDocument.Parse(coins).RootElement.GetProperty("coins").GetArrayLength());
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static readonly string[] s_objects = ["bybitspot.yaml", "redis.yaml", "network.yaml"];

    [Fact]
    public void Kubernetes_objects_carry_the_products_name_and_the_kustomization_takes_all_of_them()
    {
        JsonElement[] things = [.. s_objects.SelectMany(f => YamlFile.Read("deploy/kubernetes/" + f))];
        Assert.All(things, t => Assert.StartsWith("bybitspot", Text(t, "metadata", "name")));
        JsonElement kustomization = Assert.Single(YamlFile.Read("deploy/kubernetes/kustomization.yaml"));
        Assert.Equal(s_objects, kustomization.GetProperty("resources").EnumerateArray().Select(r => r.GetString()!));
        string[] files = [.. Directory.GetFiles(Path.Combine(Repository.Root, "deploy/kubernetes"), "*.yaml").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(files, s_objects.Append("kustomization.yaml").Order(StringComparer.Ordinal));
        foreach (JsonElement pod in things.Where(t => Text(t, "kind") == "Deployment").Select(t => t.GetProperty("spec").GetProperty("template").GetProperty("spec")))
            Assert.Equal("False", Text(pod, "enableServiceLinks"));
        // A page behind a Service is asked by the Service's name.
        JsonElement page = Of(things, "Service", "bybitspot");
        JsonElement container = Of(things, "Deployment", "bybitspot").GetProperty("spec").GetProperty("template").GetProperty("spec").GetProperty("containers")[0];
        Assert.Equal(Text(container.GetProperty("ports")[0], "name"), Text(page.GetProperty("spec").GetProperty("ports")[0], "targetPort"));
        string allowed = Text(container.GetProperty("env").EnumerateArray().First(e => Text(e, "name") == "HTTP_ALLOWED_HOSTS"), "value");
        Assert.Null(ListenAddress.TakeHosts(allowed, null, out string[] hosts));
        Assert.True(new HostRule(hosts, []).Allows("bybitspot:9464", null));
    }

    [Fact]
    public void Kubernetes_lets_only_the_program_and_whoever_is_named_reach_Redis()
    {
        JsonElement[] things = [.. s_objects.SelectMany(f => YamlFile.Read("deploy/kubernetes/" + f))];
        foreach (string name in (string[])["bybitspot", "bybitspot-redis"])
        {
            JsonElement policy = Of(things, "NetworkPolicy", name), deployment = Of(things, "Deployment", name);
            Assert.Equal(
                Text(deployment, "spec", "template", "metadata", "labels"),
                Text(policy, "spec", "podSelector", "matchLabels"));
            Assert.Equal(["Ingress", "Egress"], policy.GetProperty("spec").GetProperty("policyTypes").EnumerateArray().Select(t => t.GetString()!));
        }
        JsonElement from = Of(things, "NetworkPolicy", "bybitspot-redis").GetProperty("spec").GetProperty("ingress")[0].GetProperty("from");
        Assert.Contains("bybitspot", Text(from[0], "podSelector", "matchLabels"));
        Assert.All(from.EnumerateArray(), f => Assert.NotEqual("{}", Text(f, "podSelector")));
        string[] ports = [.. Of(things, "NetworkPolicy", "bybitspot").GetProperty("spec").GetProperty("egress").EnumerateArray().SelectMany(e => e.GetProperty("ports").EnumerateArray()).Select(p => Text(p, "port"))];
        Assert.Equal(["redis", "53", "53", "443"], ports);
    }

    [Fact]
    public void No_password_is_applied_that_nobody_chose()
    {
        JsonElement secret = Of(YamlFile.Read("deploy/kubernetes/redis.yaml"), "Secret", "bybitspot-redis");
        Assert.False(secret.TryGetProperty("stringData", out _) || secret.TryGetProperty("data", out _), "a password that everybody knows");
        JsonElement made = Assert.Single(Assert.Single(YamlFile.Read("deploy/kubernetes/kustomization.yaml")).GetProperty("secretGenerator").EnumerateArray());
        string file = Text(made.GetProperty("files")[0]).Split('=')[1];
        Assert.Equal(("bybitspot-redis", "merge"), (Text(made, "name"), Text(made, "behavior")));
        Assert.Contains($"deploy/kubernetes/{file}", Read(".gitignore").Split('\n'));
        Assert.Equal("", Script.Run("git", ["ls-files", $"deploy/kubernetes/{file}"]).Output);
    }

    [Fact]
    public void Kustomize_makes_the_objects_with_the_password_that_was_put_there_and_refuses_without()
    {
        Assert.SkipUnless(Script.IsThere("kubectl"), "kubectl is not here");
        string folder = Repository.NewScratchFolder();
        try
        {
            foreach (string path in Directory.GetFiles(Path.Combine(Repository.Root, "deploy/kubernetes"), "*.yaml"))
                File.Copy(path, Path.Combine(folder, Path.GetFileName(path)));
            (int status, _, string errors) = Script.Run("kubectl", ["kustomize", folder], limit: TimeSpan.FromSeconds(60));
            Assert.NotEqual(0, status);
            Assert.Contains("redis-password", errors, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "redis-password"), "canary");
            (status, string output, errors) = Script.Run("kubectl", ["kustomize", folder], limit: TimeSpan.FromSeconds(60));
            Assert.True(status == 0, errors);
            Assert.Contains($"password: {Convert.ToBase64String("canary"u8)}", output, StringComparison.Ordinal);
            Assert.Contains("secretKeyRef:\n              key: password\n              name: bybitspot-redis\n", output + "\n", StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ListenAddress Taken(string url)
    {
        Assert.Null(ListenAddress.Take(url, out ListenAddress? address));
        return address!;
    }

    private static void AssertSettings(IEnumerable<string> names)
    {
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(s_known.Contains(name) || name.StartsWith("DOTNET_", StringComparison.Ordinal), name));
    }

    private static JsonElement Of(JsonElement[] things, string kind, string name) =>
        Assert.Single(things, t => Text(t, "kind") == kind && Text(t, "metadata", "name") == name);

    private static string Text(JsonElement element, params string[] path) =>
        path.Aggregate(element, (e, name) => e.GetProperty(name)).ToString();

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}
