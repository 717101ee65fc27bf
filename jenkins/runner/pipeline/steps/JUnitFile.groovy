package pipeline.steps

import pipeline.build.StepFailed

/** Counts the tests of one JUnit XML file. */
class JUnitFile {
    /** `[total, failed, skipped, failures: names]`; refuses what is no JUnit XML. */
    static Map read(File file) {
        def parser = new XmlSlurper(false, false)
        parser.setFeature('http://apache.org/xml/features/disallow-doctype-decl', true)
        def root
        try {
            root = parser.parse(file)
        } catch (org.xml.sax.SAXException e) {
            throw new StepFailed("junit: $file is not valid XML: ${e.message}")
        }
        if (!(root.name() in ['testsuite', 'testsuites'])) throw new StepFailed("junit: $file holds <${root.name()}>, not <testsuite> or <testsuites>")
        def cases = root.'**'.findAll { it.name() == 'testcase' }
        def failed = cases.findAll { it.failure.size() + it.error.size() > 0 }
        [total: cases.size(), failed: failed.size(), skipped: cases.count { it.skipped.size() > 0 },
         failures: failed.collect { "${it.@classname.text()}.${it.@name.text()}".toString() }]
    }
}
