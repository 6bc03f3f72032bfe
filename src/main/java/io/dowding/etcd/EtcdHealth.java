package io.dowding.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.maintenance.AlarmMember;
import io.etcd.jetcd.maintenance.StatusResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What each member of an etcd cluster says about itself. */
public final class EtcdHealth {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private EtcdHealth() {}

  /**
   * A member's answer.
   *
   * @param hasLeader whether it knows a leader
   * @param alarms those of the whole cluster that it knows, such as {@code NOSPACE}
   * @param latency how long a linearizable request to it took
   * @param problem why it did not answer, or empty
   */
  public record Member(
      String endpoint,
      String version,
      long dbBytes,
      long usedBytes,
      boolean hasLeader,
      List<String> alarms,
      Duration latency,
      String problem) {}

  /** The answers of all endpoints, one after the other. */
  public static List<Member> ask(EtcdSettings settings) throws InterruptedException {
    List<Member> members = new ArrayList<>();
    for (String endpoint : settings.endpoints()) {
      try (Client client = EtcdClients.builder(settings.only(endpoint), PATIENCE).build()) {
        members.add(ask(endpoint, client));
      } catch (ExecutionException failed) {
        Throwable cause = failed.getCause() == null ? failed : failed.getCause();
        String said = String.valueOf(cause.getMessage());
        String problem = EtcdProblem.words(said, settings.only(endpoint));
        members.add(
            problem == null
                ? silent(endpoint, settings, EtcdAnswers.words(said))
                : silent(endpoint, problem));
      } catch (EtcdException.Misconfigured unusable) {
        members.add(silent(endpoint, String.valueOf(unusable.getMessage())));
      } catch (TimeoutException late) {
        String none = "no answer within " + PATIENCE.toSeconds() + " s";
        members.add(silent(endpoint, settings, none));
      }
    }
    return members;
  }

  private static Member ask(String endpoint, Client client)
      throws InterruptedException, ExecutionException, TimeoutException {
    StatusResponse status = await(client.getMaintenanceClient().statusMember(endpoint));
    List<String> alarms =
        await(client.getMaintenanceClient().listAlarms()).getAlarms().stream()
            .map(AlarmMember::getAlarmType)
            .map(Enum::name)
            .distinct()
            .toList();
    long begin = System.nanoTime();
    await(client.getKVClient().get(Etcd.bytes("/")));
    return new Member(
        endpoint,
        status.getVersion(),
        status.getDbSize(),
        status.getDbSizeInUse(),
        status.getLeader() != 0,
        alarms,
        Duration.ofNanos(System.nanoTime() - begin),
        "");
  }

  private static <T> T await(CompletableFuture<T> answer)
      throws InterruptedException, ExecutionException, TimeoutException {
    return answer.get(PATIENCE.plus(EtcdAnswers.MARGIN).toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Why an etcd does not answer, with what to do about it; null if that is unknown. Takes up to a
   * second for each endpoint.
   */
  public static @Nullable String ofSilence(EtcdSettings settings) {
    return PlainProbe.findsTls(settings) ? EtcdProblem.ENCRYPTED : null;
  }

  private static Member silent(String endpoint, EtcdSettings settings, String why) {
    String problem = ofSilence(settings.only(endpoint));
    return silent(endpoint, problem == null ? why : problem);
  }

  private static Member silent(String endpoint, String why) {
    return new Member(endpoint, "", 0, 0, false, List.of(), Duration.ZERO, why);
  }
}
