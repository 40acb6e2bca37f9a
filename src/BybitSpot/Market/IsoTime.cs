namespace BybitSpot.Market;

public static class IsoTime
{
    public static void Format(long unixMs, Span<byte> destination24)
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
        Put(destination24, time.Year, 4);
        destination24[4] = (byte)'-';
        Put(destination24[5..], time.Month, 2);
        destination24[7] = (byte)'-';
        Put(destination24[8..], time.Day, 2);
        destination24[10] = (byte)'T';
        Put(destination24[11..], time.Hour, 2);
        destination24[13] = (byte)':';
        Put(destination24[14..], time.Minute, 2);
        destination24[16] = (byte)':';
        Put(destination24[17..], time.Second, 2);
        destination24[19] = (byte)'.';
        Put(destination24[20..], time.Millisecond, 3);
        destination24[23] = (byte)'Z';
    }

    private static void Put(Span<byte> to, int value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--, value /= 10)
            to[i] = (byte)('0' + value % 10);
    }
}
