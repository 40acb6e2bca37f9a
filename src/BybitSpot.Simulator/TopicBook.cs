namespace BybitSpot.Simulator;

// Who is subscribed to what. Used under the exchange's gate. Subscribers are arrays that are replaced, never changed, so a
// sender may walk one outside the gate.
internal sealed class TopicBook
{
    private readonly Dictionary<string, Connection[]> _subscribers = new(StringComparer.Ordinal);

    public Connection[] Subscribers(string topic) => _subscribers.GetValueOrDefault(topic, []);

    public void Add(string topic, Connection connection)
    {
        _subscribers[topic] = [.. Subscribers(topic), connection];
        connection.Entry.Topics.Add(topic);
    }

    public void Remove(string topic, Connection connection)
    {
        connection.Entry.Topics.Remove(topic);
        RemoveSubscriber(topic, connection);
    }

    /// <summary>The entry keeps its list: the record shows what a closed connection had.</summary>
    public void RemoveAll(Connection connection)
    {
        foreach (var topic in connection.Entry.Topics) RemoveSubscriber(topic, connection);
    }

    private void RemoveSubscriber(string topic, Connection connection)
    {
        var left = Subscribers(topic).Where(other => other != connection).ToArray();
        if (left.Length == 0) _subscribers.Remove(topic);
        else _subscribers[topic] = left;
    }
}
