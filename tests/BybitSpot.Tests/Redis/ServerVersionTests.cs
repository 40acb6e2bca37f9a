using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class ServerVersionTests
{
    [Theory]
    [InlineData("# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n", "7.0.15")]
    [InlineData("redis_version: 4.0.14 \n", "4.0.14")]
    [InlineData("# Server\r\nos:Linux\r\n", null)]
    [InlineData("redis_version:\r\n", null)]
    [InlineData("", null)]
    public void The_version_is_read_where_the_server_names_it(string info, string? version) => Assert.Equal(version, ServerVersion.Of(info));

    [Theory]
    [InlineData("4.0.0", true)]
    [InlineData("7.2", true)]
    [InlineData("10.1.0", true)]
    [InlineData("unstable", true)]
    [InlineData(null, true)]
    [InlineData("3.2.12", false)]
    [InlineData("2.8.4", false)]
    public void Servers_before_4_are_refused_and_those_that_do_not_say_are_taken(string? version, bool taken) => Assert.Equal(taken, ServerVersion.Trouble(version) is null);

    [Fact]
    public void A_server_that_is_too_old_is_refused_on_connecting_with_what_to_do()
    {
        using TcpListener old = Server("$24\r\nredis_version:3.2.12\r\n\r\n\r\n");
        RedisProtocolException refused = Assert.Throws<RedisProtocolException>(() => Open(old));
        Assert.Equal("it is Redis 3.2.12, and HSET of several fields needs 4.0 or newer: upgrade it, or name another in REDIS_HOST", refused.Message);
    }

    [Theory]
    [InlineData("-NOPERM this user has no permissions to run the 'info' command\r\n")]
    [InlineData("$-1\r\n")]
    [InlineData("$10\r\nos: Linux\n\r\n")]
    public void A_server_that_does_not_tell_its_version_is_taken(string answer)
    {
        using TcpListener silent = Server(answer);
        using RedisConnection connection = Open(silent);
        Assert.Null(connection.Version);
    }

    private static RedisConnection Open(TcpListener server) =>
        RedisConnection.Open(new RedisOptions("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port, null, 0), TimeProvider.System, static _ => { });

    // Answers PING, then this.
    private static TcpListener Server(string toInfo)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[1024];
            foreach (string answer in (string[])["+PONG\r\n", toInfo])
            {
                await stream.ReadAtLeastAsync(buffer, 1, cancellationToken: TestContext.Current.CancellationToken);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            }
            await stream.ReadAtLeastAsync(buffer, 1, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        });
        return listener;
    }
}
