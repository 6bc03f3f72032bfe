package io.dowding.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code dowding}: finds the command, and turns exceptions into one line and an exit status. */
@Command(
    name = "dowding",
    description = "Keeps services running on a fleet of Docker hosts.",
    mixinStandardHelpOptions = true,
    version = "dowding 0.1.0",
    subcommands = {
      AgentCommand.class,
      PlanCommand.class,
      CheckCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      HostCommand.class,
      ServiceCommand.class,
      SchedulerCommand.Pin.class,
      SchedulerCommand.PinTo.class,
      SchedulerCommand.Unpin.class,
      SchedulerCommand.Pinned.class,
      SchedulerCommand.Allocate.class,
      SchedulerCommand.LeastBusy.class,
      SchedulerCommand.Find.class,
      HostCommand.Drain.class,
      HostCommand.Pause.class,
      HostCommand.Activate.class,
      HostCommand.Gone.class,
      ReleaseCommand.class,
      EventsCommand.class
    })
public final class Main {

  private static final int FAILED = 1;
  private static final int USAGE = 64;

  /**
   * gRPC writes long messages to the JDK's log. Kept in a field because the JDK drops loggers that
   * are not referenced.
   */
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private Main() {}

  /** The JDK's messages about files contain only their names. */
  private static String what(Exception failure) {
    return switch (failure) {
      case NoSuchFileException absent -> absent.getFile() + ": there is no such file";
      case AccessDeniedException denied -> denied.getFile() + ": access denied";
      case FileSystemException other -> other.getFile() + ": cannot be used: " + other.getReason();
      default -> String.valueOf(failure.getMessage());
    };
  }

  /** Exit status: 0 done, 1 failed, 64 usage. */
  public static void main(String[] arguments) {
    GRPC.setLevel(java.util.logging.Level.SEVERE);
    CommandLine line = new CommandLine(new Main());
    line.getSubcommands()
        .values()
        .forEach(
            command -> {
              command.getCommandSpec().exitCodeOnInvalidInput(USAGE);
              command
                  .getSubcommands()
                  .values()
                  .forEach(below -> below.getCommandSpec().exitCodeOnInvalidInput(USAGE));
            });
    line.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    line.setExecutionExceptionHandler(
        (failure, command, _) -> {
          Output.errors(command.getCommandSpec()).line("dowding: " + what(failure));
          return FAILED;
        });
    if (arguments.length == 0) {
      line.usage(line.getErr());
      System.exit(USAGE);
    }
    System.exit(line.execute(arguments));
  }
}
