package pipeline.steps

import java.util.concurrent.TimeUnit
import pipeline.build.*

/** Steps that wait: for time, for a lock, for an answer. */
class Waiting {
    final Build build
    final Flow flow

    Waiting(Build build) {
        this.build = build
        flow = new Flow(build)
    }

    Object sleep(Map a, Closure none) {
        build.frame.stop.sleep(TimeUnit.valueOf(a.unit?.toString() ?: 'SECONDS').toMillis(a.time as long))
    }

    Object timeout(Map a, Closure body) {
        def limit = Stop.after(build.frame.stop, a.time as long, TimeUnit.valueOf(a.unit?.toString() ?: 'MINUTES'))
        build.within(stop: limit) { flow.inner(body) }
    }

    /** Holds across builds on this machine that share a TMPDIR: a file lock that the system drops with the process. */
    Object lock(Map a, Closure body) {
        def name = (a.resource ?: a.label ?: 'lock').toString()
        def folder = new File(System.getProperty('java.io.tmpdir'), "chaoslab-locks-${System.getProperty('user.name')}")
        folder.mkdirs()
        def file = new RandomAccessFile(new File(folder, name.replaceAll(/[^A-Za-z0-9._-]/, '_') + '.lock'), 'rw')
        try {
            if (!taken(file)) {
                if (a.skipIfLocked) {
                    build.say("Lock '$name' is held elsewhere: its block is skipped")
                    return null
                }
                build.say("Waiting for lock '$name'")
                while (!taken(file)) build.frame.stop.sleep(100)
            }
            def variables = a.variable ? [(a.variable.toString()): name] : [:]
            return build.withEnvironment(variables) { flow.inner(body) }
        } finally {
            file.close()
        }
    }

    static boolean taken(RandomAccessFile file) {
        try {
            file.channel.tryLock() != null
        } catch (java.nio.channels.OverlappingFileLockException heldByThisProcess) {
            false
        }
    }

    Object input(Map a, Closure none) {
        build.say("${a.message} (${a.ok ?: 'Proceed'} or Abort${a.submitter ? "; to be answered by ${a.submitter}" : ''})")
        if (build.options.input != 'ok') throw new Interrupted('the input was not approved: --input ok approves it')
        build.say('Approved by --input ok')
        def asked = (a.parameters ?: []).collectEntries { [it.name, it.defaultValue ?: ''] }
        asked.size() == 1 ? asked.values().first() : asked ?: null
    }
}
