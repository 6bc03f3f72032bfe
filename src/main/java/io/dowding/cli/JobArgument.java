package io.dowding.cli;

import picocli.CommandLine.Parameters;

/** The service or job that a command is about: its first argument. */
final class JobArgument {

  @Parameters(
      index = "0",
      paramLabel = "ID",
      completionCandidates = Completion.Jobs.class,
      description = "A service or a job.")
  private String id = "";

  String id() {
    return id;
  }
}
