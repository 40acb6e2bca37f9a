// What a terminal sends, as keys: letters in UTF-8, and the sequences that arrows and their like are, in the forms that terminals have
// for them. Pure. What must stay true: any bytes at all give keys or nothing; a sequence that is not known is swallowed whole.
using System.Buffers;
using System.Text;

namespace BybitSpot.App;

internal sealed class KeyDecoder
{
    private const byte Escape = 0x1b, Delete = 0x7f, Backspace = 0x08, Interrupt = 0x03;

    /// <summary>Longer sequences are none that a key sends.</summary>
    private const int SequenceMax = 32;

    private readonly List<byte> _pending = [];

    /// <summary>Whether more may come of what has come; if nothing does soon, <see cref="End"/> says what it was.</summary>
    public bool Waits => _pending.Count > 0;

    public IEnumerable<ConsoleKeyInfo> Take(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var keys = new List<ConsoleKeyInfo>();
        int used = 0;
        while (used < _pending.Count && Next(_pending.GetRange(used, Math.Min(_pending.Count - used, SequenceMax)).ToArray(), keys) is > 0 and var length)
            used += length;
        _pending.RemoveRange(0, used);
        return keys;
    }

    /// <summary>Nothing more has come: an escape by itself was the key of that name.</summary>
    public IEnumerable<ConsoleKeyInfo> End()
    {
        bool escape = _pending is [Escape];
        _pending.Clear();
        return escape ? [Of(ConsoleKey.Escape)] : [];
    }

    /// <returns>How many bytes were taken; 0: too few are there.</returns>
    private static int Next(ReadOnlySpan<byte> bytes, List<ConsoleKeyInfo> keys)
    {
        switch (bytes[0])
        {
            case Escape: return Sequence(bytes, keys);
            case Delete or Backspace: keys.Add(Of(ConsoleKey.Backspace)); return 1;
            case (byte)'\r' or (byte)'\n': keys.Add(Of(ConsoleKey.Enter)); return 1;
            // Where the terminal makes no signal of it.
            case Interrupt: keys.Add(new ConsoleKeyInfo('q', ConsoleKey.Q, false, false, true)); return 1;
            case < (byte)' ': return 1;
        }
        OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
        if (status == OperationStatus.NeedMoreData)
            return 0;
        if (status == OperationStatus.Done && rune.IsBmp)
            keys.Add(new ConsoleKeyInfo((char)rune.Value, default, false, false, false));
        return length;
    }

    private static int Sequence(ReadOnlySpan<byte> bytes, List<ConsoleKeyInfo> keys)
    {
        if (bytes.Length < 2)
            return 0;
        if (bytes[1] == Escape)
        {
            keys.Add(Of(ConsoleKey.Escape));
            return 1;
        }
        // A letter with Alt is no key of ours.
        if (bytes[1] is not ((byte)'[' or (byte)'O'))
            return 2;
        for (int i = 2; i < bytes.Length; i++)
        {
            if (bytes[i] is < 0x40 or > 0x7e)
                continue;
            if (KeyOf((char)bytes[i], Encoding.ASCII.GetString(bytes[2..i])) is { } key)
                keys.Add(Of(key));
            return i + 1;
        }
        return bytes.Length < SequenceMax ? 0 : bytes.Length;
    }

    private static ConsoleKey? KeyOf(char final, string number) => (final, number.Split(';')[0]) switch
    {
        ('A', _) => ConsoleKey.UpArrow,
        ('B', _) => ConsoleKey.DownArrow,
        ('H', _) or ('~', "1" or "7") => ConsoleKey.Home,
        ('F', _) or ('~', "4" or "8") => ConsoleKey.End,
        ('~', "5") => ConsoleKey.PageUp,
        ('~', "6") => ConsoleKey.PageDown,
        _ => null,
    };

    private static ConsoleKeyInfo Of(ConsoleKey key) => new('\0', key, false, false, false);
}
