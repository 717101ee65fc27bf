package pipeline.build

/** `currentBuild` of a Jenkinsfile. */
class CurrentBuild {
    final Build build

    CurrentBuild(Build build) { this.build = build }

    /** Null while nothing went wrong, as in Jenkins. */
    String getResult() { build.result == Result.SUCCESS ? null : build.result.toString() }
    void setResult(String result) { build.worsen(Result.valueOf(result)) }
    String getCurrentResult() { build.result.toString() }
    int getNumber() { build.options.number }
    String getDisplayName() { build.displayName }
    void setDisplayName(String name) { build.displayName = name }
    String getDescription() { build.description }
    void setDescription(String text) { build.description = text }
    Object getPreviousBuild() { null }
}
