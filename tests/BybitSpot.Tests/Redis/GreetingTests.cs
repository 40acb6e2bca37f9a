using System.Net;
using System.Net.Sockets;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class GreetingTests
{
    [Fact, Trait("Fault", "95")]
    public void A_server_that_takes_connections_and_says_nothing_is_waited_for_in_slices_in_each_of_which_the_thread_has_a_turn()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        int turns = 0;
        var options = new RedisOptions("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port, null, 0);
        SocketException failure = Assert.Throws<SocketException>(() => RedisConnection.Open(options, TimeProvider.System, _ => { }, () => turns++));
        Assert.Equal(SocketError.TimedOut, failure.SocketErrorCode);
        // Of 25 or so, however busy the machine.
        Assert.InRange(turns, 5, 100);
    }
}
