namespace ChaosLab.Lab.Benchmarks;

/// <summary>One who takes part in a benchmark: a name and one measured run of a given length.</summary>
internal sealed record Contestant(string Name, Func<TimeSpan, CancellationToken, Task<Figures>> Run);

/// <summary>What one run gave: requests per second and processor time per request in microseconds.</summary>
internal readonly record struct Figures(double RequestsPerSecond, double CpuMicrosecondsPerRequest);

/// <summary>A contestant's medians over all rounds, and how they compare with the yardstick's in the same rounds.</summary>
internal sealed record Standing(string Name, Figures Median, double RateRatio, double CpuRatio, double CpuRatioLowest, double CpuRatioHighest);
