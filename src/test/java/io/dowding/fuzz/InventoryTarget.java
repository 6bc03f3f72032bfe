package io.dowding.fuzz;

import io.dowding.compose.InventoryReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** A file with an inventory. */
final class InventoryTarget implements Target {

  private static final List<Mutations.Text> FILES =
      List.of(
          new Mutations.Text(
              """
              inventory:
                - &one {hostname: host1, docker: "tcp://host1:2376", labels: {disk: ssd}}
                - <<: *one
                  hostname: host2
                - {hostname: host3, docker: "unix:///run/docker.sock", groups: [a, b]}
              """),
          new Mutations.Text(
              "[{\"hostname\":\"host1\",\"docker\":\"tcp://host1:2376\",\"insecure\":true,"
                  + "\"labels\":{\"disk\":\"ssd\"},\"groups\":[\"a\"]}]"),
          new Mutations.Text("a: &a [x, x]\nb: &b [*a, *a]\ninventory: [*b, *b]\n"));

  @Override
  public String name() {
    return "inventory";
  }

  @Override
  public Input input(SplittableRandom random) {
    Mutations.Text file = FILES.get(random.nextInt(FILES.size()));
    return new Input("inventory.yaml", new Mutations(random).of(file));
  }

  @Override
  public void read(Input input) throws IOException {
    Path file = Files.createTempFile("inventory", ".yaml");
    try {
      Files.write(file, input.value());
      var _ = InventoryReader.read(file);
    } catch (IllegalArgumentException refused) {
      if (!String.valueOf(refused.getMessage()).startsWith(file.toString())) {
        throw refused;
      }
    } finally {
      Files.delete(file);
    }
  }
}
