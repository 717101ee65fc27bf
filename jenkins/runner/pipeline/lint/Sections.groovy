package pipeline.lint

import pipeline.language.Nearest
import pipeline.language.Shape

/** Rules that hold for every section: known words, none twice, none empty. */
class Sections {
    final Findings findings
    final Arguments arguments

    Sections(Findings findings) {
        this.findings = findings
        arguments = new Arguments(findings)
    }

    /** The calls of a section whose words are among those allowed; the rest become findings. */
    List<Call> known(Call section, String title, Collection<String> allowed, boolean mayRepeat = false) {
        if (!section.block) {
            findings.wrong(section.line, "$title: needs a block { … }".toString())
            return []
        }
        def calls = Call.list(section.block, title, findings)
        if (!Call.statements(section.block)) findings.wrong(section.line, "$title: is empty".toString())
        def good = calls.findAll { call ->
            def isKnown = call.word in allowed
            if (!isKnown) findings.wrong(call.line, "$title: unknown '${call.word}'${Nearest.hint(call.word, allowed)}; it may hold ${allowed.sort(false).join(', ')}".toString())
            isKnown
        }
        if (!mayRepeat) good.groupBy { it.word }.each { word, same ->
            same.drop(1).each { findings.wrong(it.line, "$title: '$word' stands here twice (first in line ${same.first().line})".toString()) }
        }
        good
    }

    /** A section of plain calls with shapes, such as `options`, `triggers` or `parameters`. */
    List<Call> shaped(Call section, String title, Map<String, Shape> shapes, boolean mayRepeat = false) {
        def calls = known(section, title, shapes.keySet(), mayRepeat)
        calls.each { call ->
            arguments.check(call, shapes[call.word])
            if (shapes[call.word].plugin) findings.uses(call.word, shapes[call.word].plugin, call.line)
        }
        calls
    }
}
