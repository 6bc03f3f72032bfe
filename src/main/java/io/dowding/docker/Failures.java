package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Printable;
import io.dowding.plan.Fault;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** Classifies exceptions, by status first and by the engine's message second. */
final class Failures {

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** Longer messages are cut. */
  private static final int LONGEST = 300;

  private static final int LONGEST_READ = 2_000;

  private static final Pattern STATUS = Pattern.compile("^Status \\d{3}: ");

  /** Messages about a host; another one may not have this problem. */
  private static final List<String> OF_THE_HOST =
      List.of(
          "port is already allocated",
          "address already in use",
          "bind source path does not exist",
          "cannot assign requested address",
          // Something this machine or its engine lacks.
          "range of cpus is from",
          "requested cpus are not available",
          "requested memory nodes are not available",
          "unknown runtime",
          "unknown or invalid runtime name",
          "could not select device driver",
          "error gathering device information",
          "your kernel does not support",
          "no log driver named",
          "error looking up logging plugin",
          "error looking up volume plugin",
          "legacy plugin: plugin not found",
          "error while mounting volume",
          // An image for another platform.
          "no matching manifest",
          "does not match the specified platform",
          "exec format error");

  /** Messages about the service; no other host would do better. */
  private static final List<String> OF_THE_SERVICE =
      List.of(
          "executable file not found",
          "no such file or directory",
          "permission denied",
          "unable to find user",
          "unable to find group");

  private Failures() {}

  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static Fault fault(Throwable thrown) {
    Throwable cause = cause(thrown);
    return switch (cause) {
      case DockerException answer -> fault(answer);
      default -> Fault.LOST;
    };
  }

  private static Fault fault(DockerException answer) {
    String words = words(answer).toLowerCase(Locale.ROOT);
    int status = answer.getHttpStatus();
    if (words.contains("no space left on device")) {
      return Fault.DISK;
    }
    if (OF_THE_HOST.stream().anyMatch(words::contains)) {
      return Fault.HOST;
    }
    if (status == NOT_FOUND && words.contains("no such image")) {
      return Fault.NO_IMAGE;
    }
    if (status == NOT_FOUND && words.matches(".*\\bnetwork \\S+ not found")) {
      return Fault.NO_NETWORK;
    }
    if (status == CONFLICT) {
      return Fault.BUSY;
    }
    boolean service =
        status == BAD_REQUEST
            || status == NOT_FOUND
            || OF_THE_SERVICE.stream().anyMatch(words::contains);
    return service ? Fault.SPEC : Fault.HOST;
  }

  /** The engine's own message, without wrapping. */
  static String words(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof StackOverflowError) {
      return "the engine's answer is nested too deeply";
    }
    String text =
        cause.getMessage() == null || cause.getMessage().isBlank()
            ? cause.getClass().getSimpleName()
            : cause.getMessage();
    text = Printable.withoutExceptions(text);
    text = text.length() > LONGEST_READ ? text.substring(0, LONGEST_READ) : text;
    int quote = text.indexOf("{\"message\":\"");
    if (quote >= 0) {
      int begin = quote + "{\"message\":\"".length();
      int end = text.lastIndexOf("\"}");
      text = end > begin ? text.substring(begin, end) : text.substring(begin);
      text = text.replace("\\\"", "\"").replace("\\n", " ");
    }
    // docker-java wraps messages: "some.package.SomeException: what happened".
    text = STATUS.matcher(Printable.withoutExceptions(text)).replaceFirst("");
    return Printable.of(text.strip(), LONGEST);
  }

  static boolean isGone(Throwable thrown) {
    return cause(thrown) instanceof DockerException answer
        && answer.getHttpStatus() == NOT_FOUND
        && words(answer).toLowerCase(Locale.ROOT).contains("no such container");
  }

  static boolean isConflict(Throwable thrown) {
    return cause(thrown) instanceof DockerException answer && answer.getHttpStatus() == CONFLICT;
  }
}
