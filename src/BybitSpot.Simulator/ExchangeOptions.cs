using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace BybitSpot.Simulator;

/// <summary>What an exchange is started with; everything that can change while it runs is in <see cref="ExchangeFaults"/>.</summary>
public sealed record ExchangeOptions
{
    /// <summary>0 takes any free port.</summary>
    public int Port { get; init; }

    public IPAddress BindAddress { get; init; } = IPAddress.Loopback;

    /// <summary>"spot", "linear" or "inverse": the last part of the stream's path, and the only category REST has symbols in.</summary>
    public string Market { get; init; } = "spot";

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>With a certificate (and its private key) the same port speaks wss and https only.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>A client that sends nothing for this long is cut off, as the real one does (after "some time": minutes).</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Upgrades allowed in five minutes; beyond it they are answered 403, as the real exchange's ban is. Null: no ban.</summary>
    public int? UpgradesPerFiveMinutes { get; init; }
}
