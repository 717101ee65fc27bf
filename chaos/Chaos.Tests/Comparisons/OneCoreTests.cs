using ChaosLab.Lab.Comparisons;

namespace ChaosLab.Chaos.Tests.Comparisons;

public sealed class OneCoreTests
{
    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3", new[] { 0, 1, 2, 3 })]
    [InlineData("0-1,4,6-7", new[] { 0, 1, 4, 6, 7 })]
    [InlineData("", new int[0])]
    public void Lists_of_the_kernel_are_read(string list, int[] cores) => Assert.Equal(cores, OneCore.Cores(list));

    [Fact]
    public async Task This_process_has_every_core_again_afterwards()
    {
        var before = Allowed();
        Assert.SkipWhen(OneCore.Cores(before).Count < 2, "needs two cores");

        await using (await OneCore.ShareAsync([], TestContext.Current.CancellationToken))
            Assert.Single(OneCore.Cores(Allowed()));

        Assert.Equal(before, Allowed());
    }

    private static string Allowed() => File.ReadLines("/proc/self/status").First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[^1];
}
