package io.dowding.cli;

import io.dowding.compose.Hints;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code dowding}: finds the command, and turns exceptions into one line and an exit status. */
@Command(
    name = "dowding",
    description = "Keeps services running on a fleet of Docker hosts.",
    mixinStandardHelpOptions = true,
    version = "dowding 0.1.0")
public final class Main {

  /** In the order of {@code --help}. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          StatusCommand.class,
          UpCommand.class,
          DownCommand.class,
          CheckCommand.class,
          ServiceCommand.class,
          SecretCommand.class,
          ScaleCommand.class,
          ImageCommand.class,
          FollowCommand.class,
          RestartCommand.class,
          RollbackCommand.class,
          WaitCommand.class,
          LogsCommand.class,
          ExecCommand.class,
          PsCommand.class,
          TopCommand.class,
          ExplainCommand.class,
          PlanCommand.class,
          EventsCommand.class,
          RebalanceCommand.class,
          InitCommand.class,
          DoctorCommand.class,
          HostCommand.class,
          HostWordCommand.Drain.class,
          HostWordCommand.Pause.class,
          HostWordCommand.Activate.class,
          HostWordCommand.Gone.class,
          PinCommand.class,
          PinToCommand.class,
          UnpinCommand.class,
          SchedulerCommand.Pinned.class,
          SchedulerCommand.Allocate.class,
          SchedulerCommand.LeastBusy.class,
          SchedulerCommand.Find.class,
          ReleaseCommand.class,
          TlsCommand.class,
          AgentCommand.class,
          CompletionCommand.class,
          ManCommand.class);

  /** Commands about all others. */
  private static final Set<Class<?>> OVERVIEWS = Set.of(CompletionCommand.class, ManCommand.class);

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

  /** All commands, with their exit statuses for wrong usage and failures. */
  static CommandLine line() {
    return line(COMMANDS);
  }

  /** The command that these arguments name, or all; most of the time of a start is theirs. */
  static CommandLine line(String[] arguments) {
    return line(
        COMMANDS.stream()
            .filter(command -> arguments.length > 0 && isCalled(command, arguments[0]))
            .filter(command -> !OVERVIEWS.contains(command))
            .findFirst()
            .<List<Class<?>>>map(List::of)
            .orElse(
                arguments.length > 0 && arguments[0].equals("--version") ? List.of() : COMMANDS));
  }

  private static boolean isCalled(Class<?> command, String name) {
    Command says = command.getAnnotation(Command.class);
    return says != null && (says.name().equals(name) || List.of(says.aliases()).contains(name));
  }

  private static CommandLine line(List<Class<?>> commands) {
    CommandLine line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    usage(line);
    CommandLine.IParameterExceptionHandler usual = line.getParameterExceptionHandler();
    line.setParameterExceptionHandler(
        (wrong, arguments) ->
            wrong instanceof CommandLine.UnmatchedArgumentException unmatched && unknown(unmatched)
                ? USAGE
                : usual.handleParseException(wrong, arguments));
    line.setExecutionExceptionHandler(
        (failure, command, _) -> {
          Output.errors(command.getCommandSpec()).line("dowding: " + what(failure));
          return FAILED;
        });
    return line;
  }

  /** Whether it is an unknown command, about which picocli's own suggestions are far-fetched. */
  private static boolean unknown(CommandLine.UnmatchedArgumentException unmatched) {
    CommandLine command = unmatched.getCommandLine();
    if (unmatched.isUnknownOption() || command.getSubcommands().isEmpty()) {
      return false;
    }
    String name = unmatched.getUnmatched().getFirst();
    String above = command.getCommandSpec().qualifiedName();
    Output errors = Output.errors(command.getCommandSpec());
    errors.line(
        "dowding: there is no command "
            + name
            + Hints.instead(name, command.getSubcommands().keySet()));
    errors.line("next: " + above + " --help");
    return true;
  }

  private static void usage(CommandLine command) {
    command.getCommandSpec().exitCodeOnInvalidInput(USAGE);
    command.getSubcommands().values().forEach(Main::usage);
  }

  /** Exit status: 0 done, 1 failed, 3 still waiting, 64 usage. */
  public static void main(String[] arguments) {
    GRPC.setLevel(java.util.logging.Level.SEVERE);
    CommandLine line = line(arguments);
    if (arguments.length == 0) {
      line.usage(line.getErr());
      Exit.with(USAGE);
    }
    Exit.with(line.execute(arguments));
  }
}
