using System.Text;

namespace BybitSpot.App;

/// <summary>What a client asked, as far as it matters.</summary>
/// <param name="Local">The address that it connected to.</param>
/// <param name="HasBody">Whether it wants to send something.</param>
internal readonly record struct Question(string Method, string Path, string? Host, string? Origin, System.Net.IPAddress? Local, bool HasBody);

/// <summary>What it is told.</summary>
/// <param name="Allow">The methods that there are, where another was asked for.</param>
internal readonly record struct Answer(int Status, string ContentType, byte[] Body, string? Allow = null)
{
    public static Answer Text(int status, string text) => new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));
}
