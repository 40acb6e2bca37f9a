using System.Text.Json;

namespace BybitSpot.Simulator;

// A saved instruments-info body: its list's elements are served as they are, byte for byte.
internal static class InstrumentsFile
{
    private const long BytesMax = 64 * 1024 * 1024;

    public static List<(string Symbol, string Json)> Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > BytesMax }) throw new SimulationException($"{path}: larger than {BytesMax} bytes");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.GetProperty("result").GetProperty("list").EnumerateArray()
                .Select(entry => (entry.GetProperty("symbol").GetString() ?? "", entry.GetRawText()))];
        }
        catch (JsonException e)
        {
            throw new SimulationException($"{path}:{e.LineNumber + 1}: broken JSON: {e.Message}");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new SimulationException($"{path}: no instruments-info body: result.list with a symbol in each element is expected");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{path}: {e.Message}");
        }
    }
}
