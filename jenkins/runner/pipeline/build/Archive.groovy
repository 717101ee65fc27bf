package pipeline.build

/** What a build keeps: artifacts, published pages, test results, stashes and unsent mail. */
class Archive {
    final File work
    final List<String> artifacts = [].asSynchronized()
    final List<Map> pages = [].asSynchronized()
    final Map<String, Integer> tests = Collections.synchronizedMap([total: 0, failed: 0, skipped: 0])
    final List<String> mails = [].asSynchronized()

    Archive(File work) { this.work = work }

    File place(String kind) { new File(work, kind) }

    synchronized void addTests(int total, int failed, int skipped) {
        tests.total += total
        tests.failed += failed
        tests.skipped += skipped
    }
}
