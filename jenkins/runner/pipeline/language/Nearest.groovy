package pipeline.language

/** Finds the word that was probably meant. */
class Nearest {
    static String to(String word, Collection<String> known) {
        def best = known.min { distance(word.toLowerCase(), it.toLowerCase()) }
        best && distance(word.toLowerCase(), best.toLowerCase()) <= Math.max(1, word.size().intdiv(3)) ? best : null
    }

    /** ` (did you mean 'x'?)`, or nothing when no known word is near. */
    static String hint(String word, Collection<String> known) {
        def near = to(word, known)
        near ? " (did you mean '$near'?)" : ''
    }

    /** Levenshtein distance: single-letter insertions, deletions and replacements. */
    static int distance(String a, String b) {
        def row = (0..b.size()).toList()
        a.eachWithIndex { letter, i ->
            def next = [i + 1]
            b.eachWithIndex { other, j -> next << [next[j] + 1, row[j + 1] + 1, row[j] + (letter == other ? 0 : 1)].min() }
            row = next
        }
        row.last()
    }
}
