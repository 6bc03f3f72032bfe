package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What a controller publishes")
class ControllerStatusTest extends ControllerScene {

  private static final String NO_JOB = "\"deploy\":{\"replicas\":0}";

  private static final String STEP = "\"pre_start\":[{\"command\":\"migrate\"}]";

  @Test
  @DisplayName("a stopped service is stopping until its pre_start containers are gone")
  void stoppingSteps() {
    StoreChange web = service("web", STEP, "\"x-dowding\":{\"state\":\"stopped\"}");
    Allocation step = record(web, "web.pre_start-0");
    step(inventory("a"), listed(web, written(step)));
    assertThat(published(step(host("a", "e1", made(step))))).contains("state=stopping");
  }

  @Test
  @DisplayName("many deleted services are published as held even if only pre_start steps are left")
  void heldSteps() {
    List<StoreChange> keys = new ArrayList<>();
    List<Container> containers = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      StoreChange service = service("s" + n, NO_JOB, STEP);
      Allocation step = record(service, "s" + n + ".pre_start-0");
      keys.add(service);
      keys.add(written(step));
      containers.add(made(step));
    }
    step(inventory("a"), listed(keys.toArray(StoreChange[]::new)));
    done(step(host("a", "e1", containers.toArray(Container[]::new))));
    List<StoreChange> deleted = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      deleted.add(new StoreChange.OfService("s" + n, null, "", 20));
    }
    List<Action> after = step(new Event.StoreChanged(20, deleted));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=held")
        .doesNotContain("state=removing");
  }

  @Test
  @DisplayName(
      "a host's last contact is published as soon as it fails, and no more once it answers")
  void lastContact() {
    step(inventory("a"), listed(service("web")));
    done(step(host("a", "e1")));
    doneAll(Duration.ofSeconds(2));
    step(new Event.HostAnswered("a"));
    Instant contact = now;
    now = now.plusSeconds(2);
    List<Action> after = step(new Event.HostLost("a", "no answer"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "lastContact=" + contact);
    after = step(host("a", "e1"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "lastContact=null");
  }

  @Test
  @DisplayName("what needs a person on a host that answers is published until it is over")
  void warned() {
    step(inventory("a"), listed(service("web")));
    done(step(host("a", "e1")));
    doneAll(Duration.ofSeconds(2));
    List<Action> after = step(new Event.HostWarned("a", "its new certificates cannot be used"));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "problem=its new certificates cannot be used");
    assertThat(Objects.requireNonNull(controller.condition().census()).warned()).isEqualTo(1);
    after = step(new Event.HostWarned("a", ""));
    done(after);
    assertThat(published(after) + published(doneAll(Duration.ofSeconds(2))))
        .contains("state=up", "problem=null");
    assertThat(Objects.requireNonNull(controller.condition().census()).warned()).isZero();
  }

  @Test
  @DisplayName("an invalid host state is reported in that host's status")
  void unreadableWord() {
    step(
        inventory("a"),
        listed(new StoreChange.OfHostWord("a", new Parsed.Invalid<>("Pause is not valid"), 5)));
    assertThat(published(step(host("a", "e1"))))
        .contains("operator=active")
        .contains("problem=Pause is not valid")
        .contains("status/problems/hosts/a");
  }
}
