// How Garnet reads its own command tables. It does so by reflection, which a program compiled ahead of time has no more: EVAL,
// MULTI and COMMAND, which look a command up there, would answer nothing. What must stay true: this runs before the first look,
// since the options can no longer be changed then; a test asks for those commands, and Garnet's version is pinned.
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Garnet.server;

namespace BybitSpot.App;

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(RespCommandsInfo[]))]
[JsonSerializable(typeof(RespCommandDocs[]))]
internal sealed partial class GarnetTables : JsonSerializerContext
{
    private const string Provider = "Garnet.server.DefaultRespCommandsDataProvider`1";

    public static void Prepare()
    {
        Prepare(InfoOptions(null));
        Prepare(DocsOptions(null));
    }

    private static void Prepare(JsonSerializerOptions options)
    {
        if (options.IsReadOnly)
            return;
        options.TypeInfoResolver = Default;
        // The one converter that makes others by reflection; the context has them ready.
        for (int i = options.Converters.Count - 1; i >= 0; i--)
            if (options.Converters[i] is JsonStringEnumConverter)
                options.Converters.RemoveAt(i);
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "SerializerOptions")]
    private static extern ref JsonSerializerOptions InfoOptions([UnsafeAccessorType(Provider + "[[Garnet.server.RespCommandsInfo, Garnet.server]], Garnet.server")] object? provider);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "SerializerOptions")]
    private static extern ref JsonSerializerOptions DocsOptions([UnsafeAccessorType(Provider + "[[Garnet.server.RespCommandDocs, Garnet.server]], Garnet.server")] object? provider);
}
