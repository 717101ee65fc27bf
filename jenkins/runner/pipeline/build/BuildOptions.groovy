package pipeline.build

/** What the command line asks of a build. */
class BuildOptions {
    File jenkinsfile
    /** Where everything of this build goes. */
    File work
    /** The first workspace, kept from build to build as an agent keeps it; null: `workspace` below `work`. */
    File workspace
    Map<String, String> parameters = [:]
    Map<String, String> credentials = [:]
    /** `ok` or `abort`: the answer to every input. */
    String input = 'abort'
    /** BRANCH_NAME, which Jenkins sets in multibranch jobs only; null leaves it unset. */
    String branch
    String tag
    /** Stages that are left out. */
    List<String> skip = []
    int number = 1
    /** Seconds between SIGTERM and SIGKILL when a step is stopped. */
    int grace = 60
    String jobName = 'chaoslab'
}
