using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class ByteCountTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_000, "1.0 kB")]
    [InlineData(999_949, "999.9 kB")]
    [InlineData(999_950, "1.0 MB")]
    [InlineData(25_123_456, "25.1 MB")]
    [InlineData(7_000_000_000, "7.0 GB")]
    [InlineData(long.MaxValue, "9223372.0 TB")]
    public void Bytes_are_said_as_people_say_them(long bytes, string said) => Assert.Equal(said, new ByteCount(bytes).ToString());
}
