// Server-sent events out of bytes as they come. Pure. What must stay true: one that is larger than the limit is an error, not memory.
using System.Text;

namespace BybitSpot.App;

internal sealed class ServerSentEvents
{
    /// <summary>All coins there are, each with its trail, take about a third.</summary>
    public const int SizeMax = 8 * 1024 * 1024;

    private readonly MemoryStream _line = new(), _data = new();
    private string _name = "";

    /// <summary>Takes bytes.</summary>
    /// <param name="told">For each event that is whole: its name and its data.</param>
    /// <exception cref="InvalidDataException">An event is too large.</exception>
    public void Take(ReadOnlySpan<byte> bytes, Action<string, ReadOnlyMemory<byte>> told)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Keep(bytes[..end]);
            bytes = bytes[(end + 1)..];
            Line(_line.GetBuffer().AsSpan(0, (int)_line.Length), told);
            _line.SetLength(0);
        }
        Keep(bytes);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_line.Length + _data.Length + bytes.Length > SizeMax)
            throw new InvalidDataException($"an event of more than {SizeMax / 1024 / 1024} MB came");
        _line.Write(bytes);
    }

    private void Line(ReadOnlySpan<byte> line, Action<string, ReadOnlyMemory<byte>> told)
    {
        line = line.TrimEnd((byte)'\r');
        if (line.IsEmpty)
        {
            if (_data.Length > 0)
                told(_name, _data.GetBuffer().AsMemory(0, (int)_data.Length));
            _data.SetLength(0);
            _name = "";
            return;
        }
        int colon = line.IndexOf((byte)':');
        ReadOnlySpan<byte> field = colon < 0 ? line : line[..colon];
        ReadOnlySpan<byte> value = colon < 0 ? [] : line[(colon + 1)..];
        if (value is [(byte)' ', ..])
            value = value[1..];
        if (field.SequenceEqual("event"u8))
            _name = Encoding.UTF8.GetString(value);
        else if (field.SequenceEqual("data"u8))
        {
            if (_data.Length > 0)
                _data.WriteByte((byte)'\n');
            _data.Write(value);
        }
    }
}
