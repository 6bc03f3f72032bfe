package io.dowding.cli;

import picocli.CommandLine.Parameters;

/** The service that a command changes: its first argument. */
final class ServiceArgument {

  @Parameters(
      index = "0",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "The service to change.")
  private String name = "";

  String name() {
    return name;
  }
}
