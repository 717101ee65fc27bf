using ChaosLab.Lab.Benchmarks;
var list = await RedirectBenchmark.RunAsync(args[0], args[1], 3, TimeSpan.FromSeconds(3), 64, Console.WriteLine, default);
foreach (var s in list) Console.WriteLine($"{s.Name}: x{s.RateRatio:F2} rate, x{s.CpuRatio:F2} cpu ({s.CpuRatioLowest:F2}-{s.CpuRatioHighest:F2})");
return 0;
