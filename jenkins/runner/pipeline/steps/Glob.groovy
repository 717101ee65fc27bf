package pipeline.steps

/** Ant patterns: `*` within one name, `**` across folders, `?` one letter, a trailing `/` everything below. */
class Glob {
    static boolean matches(String pattern, String path) { path ==~ expression(pattern) }

    static String expression(String pattern) {
        def parts = (pattern.endsWith('/') ? pattern + '**' : pattern).split('/')
        def text = new StringBuilder()
        parts.eachWithIndex { part, i ->
            boolean last = i == parts.size() - 1
            if (part == '**') text << (last ? '.*' : '(?:[^/]+/)*')
            else text << part.collect { it == '*' ? '[^/]*' : it == '?' ? '[^/]' : java.util.regex.Pattern.quote(it) }.join('') << (last ? '' : '/')
        }
        text.toString()
    }

    /** Files below a folder whose relative path fits one of the comma-separated patterns and none of the excluded. */
    static List<String> files(File base, String includes, String excludes = null) {
        def patterns = { String list -> (list ?: '').split(/\s*,\s*/).findAll()*.trim().collect { expression(it) } }
        def wanted = patterns(includes), unwanted = patterns(excludes)
        def found = []
        if (base.directory) base.eachFileRecurse(groovy.io.FileType.FILES) { file ->
            def path = base.toPath().relativize(file.toPath()).toString()
            if (wanted.any { path ==~ it } && !unwanted.any { path ==~ it }) found << path
        }
        found.sort()
    }

    static void copy(File base, List<String> paths, File target) {
        paths.each { path ->
            def copy = new File(target, path)
            copy.parentFile.mkdirs()
            java.nio.file.Files.copy(new File(base, path).toPath(), copy.toPath(), java.nio.file.StandardCopyOption.REPLACE_EXISTING,
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES)
        }
    }
}
