package pipeline.steps

import pipeline.build.*

/** Files carried from one workspace to another. */
class Stashes {
    final Build build

    Stashes(Build build) { this.build = build }

    File place(Object name) { new File(build.archive.place('stashes'), name.toString()) }

    Object stash(Map a, Closure none) {
        def files = Glob.files(build.directory('stash'), a.includes?.toString() ?: '**', a.excludes?.toString())
        if (!files && !a.allowEmpty) throw new StepFailed("stash '${a.name}': no file fits ${a.includes ?: '**'}")
        place(a.name).deleteDir()
        place(a.name).mkdirs()
        Glob.copy(build.frame.directory, files, place(a.name))
        build.say("Stashed ${files.size()} file(s) as '${a.name}'")
    }

    Object unstash(Map a, Closure none) {
        if (!place(a.name).directory) throw new StepFailed("unstash '${a.name}': there is no such stash")
        Glob.copy(place(a.name), Glob.files(place(a.name), '**'), build.directory('unstash'))
    }
}
