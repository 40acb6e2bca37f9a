using System.Net;
using System.Net.Sockets;
using System.Text;
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

    [Theory, Trait("Fault", "78")]
    [InlineData("-ERR unknown command 'AUTH', with args beginning with: 'canary-s3cr\r\n", "AUTH refused: ERR unknown command 'AUTH'")]
    [InlineData("-ERR what is canary-s3cret?\r\n", "AUTH refused: ERR what is ***?")]
    public void What_a_server_repeats_of_a_password_is_not_told(string answer, string told)
    {
        using var echo = new TcpListener(IPAddress.Loopback, 0);
        echo.Start();
        var answers = new Thread(() =>
        {
            using Socket client = echo.AcceptSocket();
            client.Receive(new byte[256]);
            client.Send(Encoding.ASCII.GetBytes(answer));
            client.Receive(new byte[256]);
        });
        answers.Start();
        var options = new RedisOptions("127.0.0.1", ((IPEndPoint)echo.LocalEndpoint).Port, "canary-s3cret", 0);
        Assert.Equal(told, Assert.Throws<RedisProtocolException>(() => RedisConnection.Open(options, TimeProvider.System, _ => { })).Message);
        answers.Join();
    }

    [Theory]
    [InlineData("", "a port with TLS does that, too (rediss:// in REDIS_URL, or REDIS_TLS=true)")]
    [InlineData("\u0015\u0003\u0001\0\u0002\u0002\u0046", "does not speak Redis' protocol but TLS: rediss:// in REDIS_URL, or REDIS_TLS=true")]
    public void A_server_that_wants_TLS_and_is_not_asked_for_it_is_told_as_such(string answer, string told)
    {
        using var secure = new TcpListener(IPAddress.Loopback, 0);
        secure.Start();
        var answers = new Thread(() =>
        {
            using Socket client = secure.AcceptSocket();
            client.Receive(new byte[256]);
            client.Send(Encoding.Latin1.GetBytes(answer));
        });
        answers.Start();
        var options = new RedisOptions("127.0.0.1", ((IPEndPoint)secure.LocalEndpoint).Port, null, 0);
        Assert.Contains(told, Assert.Throws<RedisProtocolException>(() => RedisConnection.Open(options, TimeProvider.System, _ => { })).Message);
        answers.Join();
    }
}
