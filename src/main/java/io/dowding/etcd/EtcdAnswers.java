package io.dowding.etcd;

import io.dowding.model.Printable;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers of jetcd, and says in a sentence why there is none. */
final class EtcdAnswers {

  /** gRPC's codes for a request that can never succeed. */
  private static final Set<String> REFUSALS =
      Set.of("INVALID_ARGUMENT", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED");

  private static final String CAUSE = "cause=";
  private static final String DESCRIPTION = "description=";

  /** After its deadline, a call says why it waited. */
  static final Duration MARGIN = Duration.ofMillis(500);

  private EtcdAnswers() {}

  /**
   * The answer, within the deadline.
   *
   * @throws EtcdException if there is none; the request may have been carried out
   */
  static <T> T await(CompletableFuture<T> answer, Duration deadline, EtcdSettings settings) {
    try {
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      String said = String.valueOf(cause.getMessage());
      String problem = EtcdProblem.words(said, settings);
      if (problem != null) {
        throw new EtcdException.Misconfigured(problem, cause);
      }
      String message = "etcd: " + words(said);
      if (isRefusal(cause)) {
        throw EtcdException.refusal(message);
      }
      throw new EtcdException(message, cause);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new EtcdException("etcd did not answer within " + deadline.toMillis() + " ms", late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new EtcdException("interrupted", stopped);
    }
  }

  private static boolean isRefusal(Throwable cause) {
    String code =
        cause instanceof io.etcd.jetcd.common.exception.EtcdException answer
            ? answer.getErrorCode().name()
            : Status.fromThrowable(cause).getCode().name();
    boolean ofThisRequest = REFUSALS.contains(code);
    // Out of space is no fault of this request: no other would succeed either.
    return ofThisRequest && !String.valueOf(cause.getMessage()).contains("space exceeded");
  }

  /** The cause that gRPC wraps in pages of text: on one line, without class names. */
  static String words(String message) {
    String line = message.lines().findFirst().orElse("");
    int cause = line.indexOf(CAUSE);
    int description = line.indexOf(DESCRIPTION);
    String essence =
        cause >= 0 && !line.startsWith("null", cause + CAUSE.length())
            ? line.substring(cause + CAUSE.length())
            : description >= 0
                ? line.substring(
                    description + DESCRIPTION.length(),
                    cause > description ? cause - ", ".length() : line.length())
                : line;
    return Printable.withoutExceptions(essence);
  }
}
