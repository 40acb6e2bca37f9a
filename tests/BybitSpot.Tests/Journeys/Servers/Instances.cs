namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>More programs beside a journey's own, with its exchange, its Redis and its coins, each by a name of its own.</summary>
internal static class Instances
{
    /// <summary>Starts one more; the caller ends it.</summary>
    public static Bot StartAnother(this Journey journey, string name, params (string Name, string Value)[] settings) => journey.StartAnother(name, ["run"], settings);

    public static Bot StartAnother(this Journey journey, string name, string[] arguments, params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> environment = journey.Environment.ToDictionary();
        environment["INSTANCE_ID"] = name;
        foreach ((string setting, string value) in settings)
            environment[setting] = value;
        return Bot.Start(arguments, environment, journey.Folder);
    }
}
