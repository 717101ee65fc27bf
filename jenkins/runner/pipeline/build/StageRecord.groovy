package pipeline.build

/** What is remembered of one stage. */
class StageRecord {
    final String name
    /** The stage around it, or null. */
    final StageRecord parent
    final long startedAt = System.currentTimeMillis()
    final long started = System.nanoTime()
    Result result = Result.SUCCESS
    /** Why the stage did not run; null when it ran. */
    String skipped
    String error
    long milliseconds

    StageRecord(String name, StageRecord parent = null) {
        this.name = name
        this.parent = parent
    }

    void end() { milliseconds = (System.nanoTime() - started).intdiv(1000000L) }

    String getPath() { parent ? "${parent.path} / $name" : name }

    String getOutcome() { skipped ? 'SKIPPED' : result.toString() }

    Map toMap() {
        def map = [name: name, path: path.toString(), result: outcome, startedAt: new Date(startedAt).format("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", TimeZone.getTimeZone('UTC')), milliseconds: milliseconds]
        if (skipped) map.skipped = skipped
        if (error) map.error = error
        map
    }
}
