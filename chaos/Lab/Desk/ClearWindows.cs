using ChaosLab.Lab.Watch;

namespace ChaosLab.Lab.Desk;

/// <summary>
/// Waits until nothing of before can fire: what failed while a lab was put up, or in a drill, stands in the windows of the budgets for a
/// while. Their alerts need the short window as well as the long one, and the longest of the short ones is a minute.
/// </summary>
internal sealed class ClearWindows(PrometheusClient prometheus, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(90), Pause = TimeSpan.FromSeconds(1);

    /// <summary>Waits, for 90 s at most: what burns for longer is no memory, and the rows shall show it.</summary>
    /// <param name="stop">Gives up.</param>
    /// <returns>True when all was clear.</returns>
    public async Task<bool> WaitAsync(CancellationToken stop)
    {
        var began = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            var left = await LeftAsync(stop);
            if (left is []) return true;
            var names = left is null ? "an answer of Prometheus" : string.Join(", ", left);
            if (time.GetElapsedTime(began) >= Most)
            {
                say($"not clear after {Most.TotalSeconds:0} s: {names}; the rows are judged all the same");
                return false;
            }

            if (isFirst) say($"waiting until what was before is over, {Most.TotalSeconds:0} s at most: {names}");
            await Task.Delay(Pause, time, stop);
        }
    }

    // What fires, and budgets whose last minute would burn them; null: Prometheus did not tell.
    private async Task<IReadOnlyList<string>?> LeftAsync(CancellationToken stop)
    {
        try
        {
            if (await new FiringAlerts(prometheus, time).LookAsync(null, stop) is not { } firing) return null;
            var burning = await prometheus.QueryAsync("slo:sli_error:ratio_rate1m > 3 * slo:budget:ratio", stop);
            return [.. firing.Concat(burning.Select(one => "BudgetBurnsSlowly/" + one.Labels.GetValueOrDefault("slo"))).Except(AlertRow.OfTheMachine).Order(StringComparer.Ordinal)];
        }
        catch (Exception silent) when (FiringAlerts.IsSilence(silent, stop))
        {
            return null;
        }
    }
}
