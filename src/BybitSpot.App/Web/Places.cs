// Who is being served. Any thread. What must stay true: never more clients than there are places; whoever holds a place without
// asking (a socket that is only held, a question that never ends, an answer that is not read, a connection kept for later) makes
// room for whoever comes, the one who has asked nothing for longest first.
using Microsoft.AspNetCore.Connections;

namespace BybitSpot.App;

internal sealed class Places(int most)
{
    private readonly Lock _gate = new();

    /// <summary>In the order of their last questions; whoever has asked nothing yet counts from when he came.</summary>
    private readonly LinkedList<ConnectionContext> _clients = new();
    private readonly Dictionary<string, LinkedListNode<ConnectionContext>> _nodes = new(StringComparer.Ordinal);

    /// <summary>Gives the client a place, and if need be sends somebody away for it.</summary>
    public void Take(ConnectionContext client)
    {
        ConnectionContext? leaving = null;
        lock (_gate)
        {
            if (_nodes.Count >= most)
            {
                leaving = _clients.First!.Value;
                _clients.RemoveFirst();
                _nodes.Remove(leaving.ConnectionId);
            }
            _nodes.Add(client.ConnectionId, _clients.AddLast(client));
        }
        client.ConnectionClosed.UnsafeRegister(_ => Leaves(client.ConnectionId), null);
        // Outside the gate: it ends in code of the framework's.
        leaving?.Abort(new ConnectionAbortedException("another client needs the place"));
    }

    /// <summary>A whole question of his is there.</summary>
    public void Asks(string client)
    {
        lock (_gate)
            if (_nodes.TryGetValue(client, out LinkedListNode<ConnectionContext>? node))
            {
                _clients.Remove(node);
                _clients.AddLast(node);
            }
    }

    private void Leaves(string client)
    {
        lock (_gate)
            if (_nodes.Remove(client, out LinkedListNode<ConnectionContext>? node))
                _clients.Remove(node);
    }
}
