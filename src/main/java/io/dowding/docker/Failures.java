package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Printable;
import io.dowding.plan.Fault;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** What kind of failure an exception is, by status first and by the engine's words second. */
final class Failures {

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int LONGEST = 1000;

  /** Words of the engine for what another host may not have. */
  private static final List<String> OF_THE_HOST =
      List.of(
          "port is already allocated",
          "address already in use",
          "bind source path does not exist",
          "no space left on device",
          "cannot assign requested address");

  /** Words of the engine for what no other host would do better. */
  private static final List<String> OF_THE_SERVICE =
      List.of("executable file not found", "no such file or directory", "permission denied");

  private Failures() {}

  static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Whether nothing was heard of the engine, which says something of the host. */
  static boolean isSilence(Throwable thrown) {
    Throwable cause = cause(thrown);
    return !(cause instanceof DockerException) && !(cause instanceof BulkheadFullException);
  }

  static Fault fault(Throwable thrown) {
    Throwable cause = cause(thrown);
    return switch (cause) {
      case BulkheadFullException _, CallNotPermittedException _ -> Fault.UNASKED;
      case DockerException answer -> fault(answer);
      default -> Fault.LOST;
    };
  }

  private static Fault fault(DockerException answer) {
    String words = words(answer).toLowerCase(Locale.ROOT);
    int status = answer.getHttpStatus();
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

  /** The engine's own words, without the wrapping. */
  static String words(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof TimeoutException) {
      return "no answer within the deadline";
    }
    if (cause instanceof CallNotPermittedException) {
      return "the host did not answer of late; it is asked again soon";
    }
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    int quote = text.indexOf("{\"message\":\"");
    if (quote >= 0) {
      int begin = quote + "{\"message\":\"".length();
      int end = text.lastIndexOf("\"}");
      text = end > begin ? text.substring(begin, end) : text.substring(begin);
      text = text.replace("\\\"", "\"").replace("\\n", " ");
    }
    // docker-java wraps by text: "some.package.SomeException: what happened".
    return Printable.of(Printable.withoutExceptions(text).strip(), LONGEST);
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
