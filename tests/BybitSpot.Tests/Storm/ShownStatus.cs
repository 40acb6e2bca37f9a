using System.Globalization;

namespace BybitSpot.Tests.Storm;

// What the status keys in Redis say, command by command: price_feed:{market}:{instance}, a hash with the state, and beside it
// ":coins", what each watched coin is worth; both expire. Pure. A price is believed only if an unexpired instance calls it fresh or
// quiet.
internal sealed class ShownStatus
{
    private const string Head = "price_feed:", CoinsTail = ":coins";

    private sealed class Key
    {
        public readonly Dictionary<string, string> Fields = [];
        public readonly HashSet<string> Members = [];
        public TimeSpan ExpiresAt = TimeSpan.MaxValue;
    }

    private readonly Dictionary<string, Key> _keys = [];

    /// <summary>How often a state was written.</summary>
    public int Writes { get; private set; }

    /// <summary>The states that stand, for the account.</summary>
    public string Text(TimeSpan now)
    {
        string[] states = [.. _keys.Where(k => k.Value.Fields.ContainsKey("state") && k.Value.ExpiresAt > now).Select(k => $"{k.Key} is {k.Value.Fields.GetValueOrDefault("state")}")];
        return states.Length == 0 ? "there is no status" : string.Join(", ", states);
    }

    public static bool IsStatus(string key) => key.StartsWith(Head, StringComparison.Ordinal);

    public void Clear() => _keys.Clear();

    public void Take(TimeSpan now, string[] words)
    {
        string key = words[1];
        if (_keys.TryGetValue(key, out Key? known) && known.ExpiresAt <= now)
            _keys.Remove(key);
        switch (words[0])
        {
            case "HSET" or "HMSET":
                Key hash = Open(key);
                for (int i = 2; i + 1 < words.Length; i += 2)
                    hash.Fields[words[i]] = words[i + 1];
                Writes += hash.Fields.ContainsKey("state") ? 1 : 0;
                break;
            case "SADD":
                Open(key).Members.UnionWith(words[2..]);
                break;
            case "SREM":
                Open(key).Members.ExceptWith(words[2..]);
                break;
            case "DEL" or "UNLINK":
                foreach (string gone in words[1..])
                    _keys.Remove(gone);
                break;
            case "RENAME":
                if (_keys.Remove(key, out Key? moved))
                    _keys[words[2]] = moved;
                break;
            case "EXPIRE" or "PEXPIRE":
                TimeSpan unit = words[0] == "EXPIRE" ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1);
                if (_keys.TryGetValue(key, out Key? expiring))
                    expiring.ExpiresAt = now + long.Parse(words[2], CultureInfo.InvariantCulture) * unit;
                break;
        }
    }

    /// <summary>The next moment at which a key expires, after this one.</summary>
    public TimeSpan NextExpiry(TimeSpan after)
    {
        TimeSpan next = TimeSpan.MaxValue;
        foreach (Key key in _keys.Values)
            if (key.ExpiresAt > after && key.ExpiresAt < next)
                next = key.ExpiresAt;
        return next;
    }

    /// <summary>Whether a reader who keeps to the rule believes the coin's price now.</summary>
    public bool Believed(string coin, TimeSpan now)
    {
        foreach ((string name, Key key) in _keys)
            if (name.EndsWith(CoinsTail, StringComparison.Ordinal) && key.ExpiresAt > now && key.Fields.GetValueOrDefault(coin) is "fresh" or "quiet")
                return true;
        return false;
    }

    private Key Open(string key)
    {
        if (!_keys.TryGetValue(key, out Key? found))
            _keys.Add(key, found = new Key());
        return found;
    }
}
