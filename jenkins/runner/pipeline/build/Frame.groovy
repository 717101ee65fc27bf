package pipeline.build

/** What a step sees around it; one per thread, replaced when a block opens. */
class Frame {
    /** Variables set by the pipeline, on top of those of the runner's own process. */
    Map<String, String> environment = [:]
    /** The current directory; null without an agent. */
    File directory
    Stop stop
    StageRecord stage
    /** Names of the enclosing stages and branches, outermost first. */
    List<String> path = []

    Frame but(Map changes) {
        new Frame([environment: environment, directory: directory, stop: stop, stage: stage, path: path] + changes)
    }
}
