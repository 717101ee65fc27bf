package pipeline.build

/** What a Jenkinsfile compiles to: a script in which every step is a method. */
abstract class PipelineScript extends Script {
    Build build

    /** A script keeps properties in its binding, where the Jenkinsfile would see them: hence the plain field. */
    void attach(Build build) { this.@build = build }

    void pipeline(Closure block) { new Declarative(this.@build).run(block) }

    Object methodMissing(String word, Object arguments) { this.@build.library.call(OwnNames.word(word), arguments as List) }

    /** Methods the Jenkinsfile itself declares. */
    Set<String> ownMethods() { this.class.declaredMethods.findAll { !it.synthetic && !(it.name in ['run', 'main']) }*.name as Set }
}
