package pipeline.steps

/** Reads the lines that were added to a growing file. A file, unlike a pipe, is never held open by what a step leaves running. */
class Tail {
    final File file
    long position
    byte[] unfinished = new byte[0]

    Tail(File file) { this.file = file }

    /** Complete lines since the last call. */
    List<String> lines() {
        def bytes = added()
        int end = bytes.length
        while (end > 0 && bytes[end - 1] != (byte) 10) end--
        unfinished = Arrays.copyOfRange(bytes, end, bytes.length)
        end ? new String(bytes, 0, end, 'UTF-8').readLines() : []
    }

    /** Everything left, also a line without an end. */
    List<String> rest() {
        def text = new String(added(), 'UTF-8')
        unfinished = new byte[0]
        text ? text.readLines() : []
    }

    byte[] added() {
        def reader = new RandomAccessFile(file, 'r')
        try {
            reader.seek(position)
            byte[] fresh = new byte[(int) Math.min(reader.length() - position, 1 << 20)]
            reader.readFully(fresh)
            position += fresh.length
            byte[] all = Arrays.copyOf(unfinished, unfinished.length + fresh.length)
            System.arraycopy(fresh, 0, all, unfinished.length, fresh.length)
            return all
        } finally {
            reader.close()
        }
    }
}
