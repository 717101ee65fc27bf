package pipeline.build

/** The console of a build: to standard output and into build.log, one line at a time, secrets masked. */
class Log implements Closeable {
    final Secrets secrets
    final PrintWriter file
    final Writer out = new OutputStreamWriter(System.out, 'UTF-8')
    volatile boolean timestamps

    Log(File path, Secrets secrets) {
        this.secrets = secrets
        file = path.newPrintWriter('UTF-8')
    }

    void line(List<String> path, Object text) {
        def prefix = path ? "[${path.join(' / ')}] " : ''
        text.toString().readLines().each { write("$prefix${secrets.mask(it)}".toString()) }
    }

    synchronized void write(String line) {
        if (timestamps) line = new Date().format('HH:mm:ss.SSS ') + line
        out.write(line + '\n')
        out.flush()
        file.println(line)
        file.flush()
    }

    @Override
    void close() { file.close() }
}
