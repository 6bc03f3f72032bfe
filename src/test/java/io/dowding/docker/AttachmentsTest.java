package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AttachmentsTest {

  private final Attachments attachments = new Attachments();

  private static SortedSet<String> networks(String... names) {
    return new TreeSet<>(Set.of(names));
  }

  @Test
  @DisplayName("a call for one network without an answer delays no other network")
  void others() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    Thread silent =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    attachments.alone(
                        "host1",
                        networks("front", "back"),
                        () -> {
                          begun.countDown();
                          try {
                            new CountDownLatch(1).await();
                          } catch (InterruptedException enough) {
                            Thread.currentThread().interrupt();
                          }
                          return true;
                        });
                  } catch (InterruptedException enough) {
                    Thread.currentThread().interrupt();
                  }
                });
    begun.await();
    assertThat(attachments.<String>alone("host1", networks("other"), () -> "done"))
        .isEqualTo("done");
    assertThat(attachments.<String>alone("host2", networks("front"), () -> "done"))
        .isEqualTo("done");
    silent.interrupt();
    silent.join();
    assertThat(attachments.<String>alone("host1", networks("back"), () -> "done"))
        .isEqualTo("done");
  }
}
