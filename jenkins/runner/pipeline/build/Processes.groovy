package pipeline.build

import java.nio.file.Files
import java.nio.file.Paths
import java.util.concurrent.TimeUnit

/**
 * Runs programs and ends them with everything they started: each runs in a process group of its own and carries
 * the variable by which Jenkins, too, finds what a step left behind.
 */
class Processes {
    static final String STEP_MARK = 'JENKINS_SERVER_COOKIE'
    static final String BUILD_MARK = 'JENKINS_NODE_COOKIE'

    final File work
    /** Seconds between SIGTERM and SIGKILL. */
    final int grace
    final String buildMark = UUID.randomUUID().toString()

    Processes(File work, int grace) {
        this.work = work
        this.grace = grace
    }

    /** Runs a program to its end; when a stop is wanted, ends it and throws. Output goes to the file. */
    int run(List<String> command, Map<String, String> variables, File directory, File standardOutput, File errorOutput, Stop stop, Closure meanwhile) {
        def mark = UUID.randomUUID().toString()
        def builder = new ProcessBuilder(['setsid', *command]).directory(directory).redirectInput(new File('/dev/null'))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(standardOutput)).redirectError(ProcessBuilder.Redirect.appendTo(errorOutput))
        builder.environment().putAll(variables + [(STEP_MARK): mark, (BUILD_MARK): buildMark])
        def process = builder.start()
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                meanwhile.call()
                stop.check()
            }
        } catch (Throwable e) {
            end(STEP_MARK, mark, process.pid(), meanwhile)
            throw e
        } finally {
            meanwhile.call()
        }
        process.exitValue()
    }

    /** Ends whatever the build's steps left running. Returns how many processes that were. */
    int endAll() {
        def left = family(BUILD_MARK, buildMark)
        if (left) end(BUILD_MARK, buildMark, null) { }
        left.size()
    }

    /** SIGTERM to all, also to those that only just came to be, then SIGKILL to those still there when the grace is over. */
    void end(String variable, String mark, Long group, Closure meanwhile) {
        def asked = [] as Set
        def deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(grace)
        def left = family(variable, mark, group)
        while (left && System.nanoTime() - deadline < 0) {
            kill('TERM', left - asked)
            asked.addAll(left)
            meanwhile.call()
            Thread.sleep(50)
            left = family(variable, mark, group)
        }
        for (int i = 0; left && i < 200; i++) {
            kill('KILL', left)
            Thread.sleep(50)
            left = family(variable, mark, group)
        }
    }

    static void kill(String signal, List<String> pids) {
        if (!pids) return
        new ProcessBuilder(['kill', "-$signal".toString(), '--', *pids])
            .redirectOutput(new File('/dev/null')).redirectError(new File('/dev/null')).start().waitFor()
    }

    /** Live processes that carry the mark or belong to the group. */
    static List<String> family(String variable, String mark, Long group = null) {
        def wanted = "\u0000$variable=$mark\u0000".toString()
        new File('/proc').list().findAll { it.isInteger() }.findAll { pid ->
            "\u0000${read("/proc/$pid/environ")}".contains(wanted) || group && inGroup(pid, group)
        }
    }

    /** From /proc/PID/stat, after the name in brackets: state, parent, group. A zombie has ended. */
    static boolean inGroup(String pid, long group) {
        def fields = read("/proc/$pid/stat").with { it.substring(it.lastIndexOf(')') + 1) }.trim().split(' ')
        fields.size() > 2 && fields[0] != 'Z' && fields[2] == group.toString()
    }

    /** Empty when the process has ended or belongs to somebody else. */
    static String read(String path) {
        try {
            return new String(Files.readAllBytes(Paths.get(path)), 'ISO-8859-1')
        } catch (IOException gone) {
            return ''
        }
    }
}
