// How log lines look: for a person at a terminal or for the machines that read them everywhere else. Pure. What must stay true:
// json and text are what they say, whatever stderr is; nobody but a terminal gets colours unless they were asked for.
namespace BybitSpot.App;

/// <summary>LOG_FORMAT.</summary>
internal enum LogFormat
{
    Auto,
    Json,
    Text,
}

/// <param name="AsText">For people, instead of JSON.</param>
internal readonly record struct LogStyle(bool AsText, bool Coloured)
{
    /// <summary>A container's first process is nobody's shell.</summary>
    private const int FirstProcess = 1;

    /// <summary>In the environment of every container of a kind: .NET's own images, Kubernetes, and podman and systemd-nspawn.</summary>
    private static readonly string[] s_containers = ["DOTNET_RUNNING_IN_CONTAINER", "KUBERNETES_SERVICE_HOST", "container"];

    /// <summary>A desktop is started by systemd itself, and its terminals hand on what that was given.</summary>
    private static readonly string[] s_desktops = ["DISPLAY", "WAYLAND_DISPLAY", "VTE_VERSION", "TERM_PROGRAM", "TMUX"];

    /// <param name="onTerminal">Whether stderr is a terminal; asked only where it matters.</param>
    public static LogStyle Of(LogFormat format, Func<bool> onTerminal, Func<string, string?> environment, int processId)
    {
        if (format == LogFormat.Json)
            return default;
        bool terminal = onTerminal();
        return format == LogFormat.Text || (terminal && !IsService(environment, processId))
            ? new LogStyle(true, Colours(terminal, environment))
            : default;
    }

    /// <summary>Whether to write in colours: NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal that knows them does.</summary>
    public static bool Colours(bool terminal, Func<string, string?> environment) =>
        !IsSet(environment, "NO_COLOR")
        && ((IsSet(environment, "FORCE_COLOR") && environment("FORCE_COLOR") is not ("0" or "false"))
            || (terminal && environment("TERM") is not (null or "" or "dumb")));

    private static bool IsService(Func<string, string?> environment, int processId) =>
        processId == FirstProcess
        || IsSet(environment, "NOTIFY_SOCKET")
        || (IsSet(environment, "JOURNAL_STREAM") && !Array.Exists(s_desktops, name => IsSet(environment, name)))
        || Array.Exists(s_containers, name => IsSet(environment, name));

    private static bool IsSet(Func<string, string?> environment, string name) => environment(name) is { Length: > 0 };
}
