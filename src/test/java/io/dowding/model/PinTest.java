package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PinTest {

  @Test
  @DisplayName("a pin is a hostname, or job: with a job's name; a comment may follow after #")
  void forms() {
    assertThat(Pin.parse("host1")).isEqualTo(new Pin.ToHost("host1", false));
    assertThat(Pin.parse(" host1 # since tuesday ")).isEqualTo(new Pin.ToHost("host1", false));
    assertThat(Pin.parse("host1 # auto: volume data")).isEqualTo(new Pin.ToHost("host1", true));
    assertThat(Pin.parse("job:db.1")).isEqualTo(new Pin.ToJob("db.1"));
    assertThat(Pin.parse("job: db")).isEqualTo(new Pin.ToJob("db"));
  }

  @Test
  @DisplayName("anything else is not a pin")
  void others() {
    for (String text :
        new String[] {"", "#", "host 1", "job:", "job:Db", "JOB:db", "host1,host2"}) {
      assertThat(Pin.parse(text)).as(text).isNull();
    }
  }

  @Test
  @DisplayName("a written pin is read back unchanged")
  void roundTrip() {
    for (Pin pin :
        new Pin[] {new Pin.ToHost("h", true), new Pin.ToHost("h", false), new Pin.ToJob("a.b")}) {
      assertThat(Pin.parse(pin.text())).isEqualTo(pin);
    }
  }
}
