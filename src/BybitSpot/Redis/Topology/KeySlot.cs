// Which of a cluster's 16,384 slots a key belongs to: CRC16 of the key, or of what stands between its first { and the next }, if that is
// not empty (Redis Cluster specification: XMODEM, polynomial 0x1021). Pure.
using System.Text;

namespace BybitSpot.Redis;

internal static class KeySlot
{
    public const int Count = 16_384;

    private static readonly ushort[] s_table = Table();

    public static int Of(string key)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(key);
        if (bytes.IndexOf((byte)'{') is var open and >= 0 && bytes[(open + 1)..].IndexOf((byte)'}') is var length and > 0)
            bytes = bytes.Slice(open + 1, length);
        ushort crc = 0;
        foreach (byte b in bytes)
            crc = (ushort)((crc << 8) ^ s_table[(crc >> 8) ^ b]);
        return crc % Count;
    }

    private static ushort[] Table()
    {
        var table = new ushort[256];
        for (int i = 0; i < table.Length; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }
        return table;
    }
}
