using ChaosLab.Lab.Hosts;

namespace ChaosLab.Chaos.Tests.Hosts;

public class PlayProgressTests
{
    [Fact]
    public void Plays_tasks_changes_and_failures_are_read_off_the_output()
    {
        var progress = new PlayProgress();
        var shown = """
            PLAY [Every host] **************************************************************

            TASK [base : Install what every host needs] ************************************
            ok: [lb1]
            changed: [app1]

            TASK [Wait for it] *************************************************************
            fatal: [app1]: FAILED! => {"changed": false, "msg": "5-88f does not work on app1: the rollout stops\nlast words: \"x\""}

            RUNNING HANDLER [haproxy : Reload HAProxy] *************************************
            fatal: [db1]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh", "unreachable": true}

            PLAY RECAP *********************************************************************
            app1                       : ok=21   changed=3    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0
            lb1                        : ok=20   changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
            """.Split('\n').Select(progress.Take).OfType<(string Line, bool IsPlay)>().ToList();

        Assert.Equal(["Every host", "Every host: base : Install what every host needs", "Every host: Wait for it", "Every host: haproxy : Reload HAProxy"], shown.Select(line => line.Line));
        Assert.Equal("3 tasks, 4 changed on 2 hosts", progress.Summary);
        Assert.Equal(["app1: 5-88f does not work on app1: the rollout stops\nlast words: \"x\"", "db1: Failed to connect to the host via ssh"], progress.Failures);
    }
}
