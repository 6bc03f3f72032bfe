package io.dowding.fuzz;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Reads an inventory file. */
final class InventoryTarget implements Target {

  private static final Source SOURCE = Source.of(Path.of("inventory.yaml"));

  private static final List<String> FILES =
      List.of(
          """
          inventory:
            - {hostname: host1, docker: "tcp://192.168.8.120:2375", tags: "apple,peach", rack: r1}
            - {hostname: host2, docker: 10.0.0.1, tags: [plum, 7], insecure: true}
          """,
          "- &a {hostname: a, docker: x}\n- *a\n- <<: *a\n  hostname: b\n",
          "[{\"hostname\":\"a\",\"docker\":\"unix:///var/run/docker.sock\"}]");

  @Override
  public String name() {
    return "inventory";
  }

  @Override
  public Input input(SplittableRandom random) {
    String file = FILES.get(random.nextInt(FILES.size()));
    return new Input("inventory.yaml", new Mutations(random).of(new Mutations.Text(file)));
  }

  @Override
  public void read(Input input) {
    try {
      var _ = InventoryReader.parse(SOURCE, new String(input.value(), StandardCharsets.UTF_8));
    } catch (FileProblem refused) {
      // As it should be.
    }
  }
}
