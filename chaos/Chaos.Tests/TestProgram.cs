using System.Reflection;
using ChaosLab.Chaos.Safety;
using ChaosLab.Chaos.Tests;
using ChaosLab.Chaos.Tests.Embedded;
using ChaosLab.Chaos.Tests.Safety;

// The tests' own program. Called by a test it plays one of the processes of a lab, so that the real thing can be
// killed; called by the test platform it runs the tests.
return args switch
{
    ["guardian", "--state", var state, "--lab", var lab, "--runner", var runner] =>
        await Guardian.RunAsync(state, lab, int.Parse(runner), Console.In, Console.Out, TimeProvider.System),
    ["balancer"] => (int)Assembly.Load("Lab").EntryPoint!.Invoke(null, [args])!,
    ["lease", var state] => await LeaseProgram.RunAsync(state),
    ["runner", .. var rest] => await RunnerProgram.RunAsync(rest),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
