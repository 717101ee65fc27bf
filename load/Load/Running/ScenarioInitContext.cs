using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ChaosLab.Load.Running;

internal sealed class ScenarioInitContext(TestInfo testInfo, ScenarioInfo scenarioInfo, string customJson, string globalJson, ILogger logger) : IScenarioInitContext
{
    public TestInfo TestInfo => testInfo;
    public ScenarioInfo ScenarioInfo => scenarioInfo;
    public NodeInfo NodeInfo => NodeInfo.Here;
    public IConfiguration CustomSettings { get; } = Parse(customJson);
    public IConfiguration GlobalCustomSettings { get; } = Parse(globalJson);
    public ScenarioPartition ScenarioPartition => ScenarioPartition.Empty;
    public ILogger Logger => logger;

    private static IConfigurationRoot Parse(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
