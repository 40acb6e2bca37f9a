namespace BybitSpot.Tests.Journeys;

/// <summary>The threads of a process, as the kernel lists them; one that has ended since it was listed says nothing.</summary>
internal static class ProcessThreads
{
    public static IEnumerable<string> Of(int processId) => Directory.GetDirectories($"/proc/{processId}/task");

    /// <summary>What one of a thread's files holds (comm: its name; status), empty where the thread has ended.</summary>
    public static string Read(string thread, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, file));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
