// Two hosts and a wire between them, of network namespaces and veth pairs: the exchange and Redis stand on this host, at
// addresses of the stage's own; the program runs on another; every packet passes a third in the middle, where nft drops what
// a test says. Dropped there, and not where it is sent, it is as lost as on a real line. Addresses are of 198.18.0.0/15,
// which is set apart for tests of networks.
// What must stay true: names hold the test run's process id; Dispose takes all away, and so does the next run of any test
// here with what a killed run left.
using System.Net;
using System.Text.RegularExpressions;
using BybitSpot.Tests.Deploy;
using Xunit;
using ExchangeOptions = BybitSpot.Simulator.ExchangeOptions;

namespace BybitSpot.Tests.Journeys.Network;

internal sealed partial class NetworkStage : IDisposable
{
    /// <summary>Where `ip netns exec` takes files from that stand for those of /etc inside.</summary>
    private const string EtcFolder = "/etc/netns";

    private const string Hook = "{ type filter hook forward priority 0; }";

    private static readonly Lazy<string?> s_missing = new(WhatIsMissing);
    private static int s_opened;

    private readonly string _name = $"bsp{Environment.ProcessId}-{Interlocked.Increment(ref s_opened)}";
    private readonly string _net;
    private readonly int _first;

    private NetworkStage()
    {
        // 32 addresses of 131,072; each test run has a few at a time.
        int block = Random.Shared.Next(4096);
        _net = $"198.{18 + (block >> 11)}.{(block >> 3) & 0xFF}";
        _first = (block & 7) * 32;
        Exchange = At(1);
        Elsewhere = At(2);
    }

    /// <summary>An address of the exchange's host.</summary>
    public IPAddress Exchange { get; }

    /// <summary>Another of the same host, for names that move.</summary>
    public IPAddress Elsewhere { get; }

    /// <summary>The program's own address.</summary>
    public IPAddress Program => At(17);

    private string Wire => _name + "-wire";

    private string Bot => _name + "-bot";

    /// <summary>Sets the stage; skips the test, visibly, where the machine does not allow it.</summary>
    public static NetworkStage Open()
    {
        Assert.SkipWhen(s_missing.Value is not null, s_missing.Value ?? "");
        var stage = new NetworkStage();
        try
        {
            stage.Build();
            return stage;
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>A journey whose program runs beyond the wire.</summary>
    public Journey Prepare(IReadOnlyList<string> symbols, IReadOnlyDictionary<string, string>? settings = null, int port = 0)
    {
        var redis = RedisServer.Start("--bind", "127.0.0.1", $"{Exchange}", "--protected-mode", "no");
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        all.TryAdd("REDIS_HOST", $"{Exchange}");
        return Journey.Prepare(symbols, all, redis, new ExchangeOptions { BindAddress = Exchange, Port = port }, "ip", "netns", "exec", Bot).OwnRedis();
    }

    /// <summary>From now on no packet from or to this port gets through, either way, and nobody is told.</summary>
    public void Cut(int port) => Sh($"ip netns exec {Wire} nft add rule ip wire forward th sport {port} drop; ip netns exec {Wire} nft add rule ip wire forward th dport {port} drop");

    /// <summary>From now on no packet from or to this address gets through, either way, and nobody is told.</summary>
    public void CutOff(IPAddress address) => Sh($"ip netns exec {Wire} nft add rule ip wire forward ip saddr {address} drop; ip netns exec {Wire} nft add rule ip wire forward ip daddr {address} drop");

    /// <summary>Of every hundred packets from or to this port so many are lost, at random, either way.</summary>
    public void Lose(int port, int percent)
    {
        foreach (string side in (string[])["sport", "dport"])
            Sh($"ip netns exec {Wire} nft add rule ip wire forward tcp {side} {port} numgen random mod 100 '<' {percent} drop");
    }

    /// <summary>Everything gets through again.</summary>
    public void Mend() => Sh($"ip netns exec {Wire} nft flush chain ip wire forward");

    /// <summary>Ends the program's connections to this port as the kernel can: on its own side, or on the exchange's with a RST.</summary>
    public void Kill(int port, bool atTheExchange) =>
        Sh(atTheExchange ? $"ss -K -t src {Exchange} sport = :{port} dst {Program}" : $"ip netns exec {Bot} ss -K -t dst {Exchange} dport = :{port}");

    /// <summary>The names that the program's host knows by itself, from its next look on; others it asks at <paramref name="nameServer"/>.</summary>
    public void Know(string? nameServer = null, params (string Name, IPAddress Address)[] names)
    {
        // Written over, not replaced: inside, the files are mounted, and a new one would not be seen.
        File.WriteAllText(Path.Combine(EtcFolder, Bot, "resolv.conf"), $"nameserver {nameServer ?? "127.0.0.1"}\noptions timeout:4 attempts:3\n");
        File.WriteAllText(Path.Combine(EtcFolder, Bot, "hosts"), string.Concat(names.Select(n => $"{n.Address} {n.Name}\n")));
    }

    public void Dispose()
    {
        Remove(_name);
        // The other end goes with it; not even made, if the stage could not be set.
        Script.Run("ip", ["link", "del", _name]);
    }

    private void Build()
    {
        Directory.CreateDirectory(Path.Combine(EtcFolder, Bot));
        Know();
        File.WriteAllText(Path.Combine(EtcFolder, Bot, "nsswitch.conf"), "hosts: files dns\n");
        Sh($"""
            ip netns add {Wire}
            ip netns add {Bot}
            ip link add {_name} type veth peer name here netns {Wire}
            ip -n {Wire} link add there type veth peer name out netns {Bot}
            ip addr add {Exchange}/28 dev {_name}
            ip addr add {Elsewhere}/28 dev {_name}
            ip link set {_name} up
            ip route add {At(16)}/28 via {At(14)}
            ip -n {Wire} addr add {At(14)}/28 dev here
            ip -n {Wire} addr add {At(30)}/28 dev there
            ip -n {Wire} link set here up
            ip -n {Wire} link set there up
            ip netns exec {Wire} sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
            ip netns exec {Wire} nft 'add table ip wire; add chain ip wire forward {Hook}'
            ip -n {Bot} addr add {Program}/28 dev out
            ip -n {Bot} link set lo up
            ip -n {Bot} link set out up
            ip -n {Bot} route add default via {At(30)}
            """);
    }

    private IPAddress At(int number) => IPAddress.Parse($"{_net}.{_first + number}");

    private static void Sh(string script)
    {
        (int status, string output, string errors) = Script.Run("sh", ["-ec", script]);
        Assert.True(status == 0, $"{script}\n{output}\n{errors}");
    }

    private static void Remove(string name)
    {
        foreach (string host in (string[])[name + "-bot", name + "-wire"])
        {
            if (File.Exists("/run/netns/" + host))
                Script.Run("ip", ["netns", "del", host]);
            if (Directory.Exists(Path.Combine(EtcFolder, host)))
                Directory.Delete(Path.Combine(EtcFolder, host), recursive: true);
        }
    }

    // Root who has the tools may not skip: what then fails, fails.
    private static string? WhatIsMissing()
    {
        if (!Environment.IsPrivilegedProcess)
            return "network namespaces need root";
        foreach (string tool in (string[])["ip", "nft", "ss", "unshare"])
            if (!Script.IsThere(tool))
                return $"network namespaces need {tool}, which is not here";
        if (Script.Run("unshare", ["--net", "true"]) is { Status: not 0 } refused)
            return $"network namespaces are refused here: {refused.Errors}";
        RemoveLeftovers();
        return null;
    }

    private static void RemoveLeftovers()
    {
        foreach (string folder in (string[])["/run/netns", EtcFolder])
            foreach (string path in Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [])
                if (OwnName().Match(Path.GetFileName(path)) is { Success: true } own && !Directory.Exists("/proc/" + own.Groups["process"].Value))
                    Remove(own.Groups["name"].Value);
    }

    [GeneratedRegex("^(?<name>bsp(?<process>[0-9]+)-[0-9]+)-(bot|wire)$")]
    private static partial Regex OwnName();
}
