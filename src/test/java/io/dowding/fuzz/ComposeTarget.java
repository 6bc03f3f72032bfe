package io.dowding.fuzz;

import io.dowding.compose.project.ProjectLoader;
import io.dowding.compose.project.ProjectOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Reads a Compose file. */
final class ComposeTarget implements Target {

  private static final List<String> FILES =
      List.of(
          """
          x-common: &common
            restart: always
            environment: {A: "${A:-1}", B: $HOME}
          services:
            web:
              <<: *common
              image: nginx:${TAG:-1.29}
              ports: ["8080:80", 53:53/udp]
              volumes: [data:/d, ./conf:/etc/conf:ro]
              networks: {back: {aliases: [w]}}
              configs: [{source: site, target: /etc/site}]
              secrets: [key]
              deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 64M}}}
          volumes: {data: {driver_opts: {type: nfs}}}
          networks: {back: {name: other, internal: true}}
          configs: {site: {content: "x"}}
          secrets: {key: {environment: KEY}}
          """,
          "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nservices: {web: {image: a, command: *c}}\n",
          "services: &s\n  web:\n    image: a\n    x-a: *s\n");

  @Override
  public String name() {
    return "compose";
  }

  @Override
  public Input input(SplittableRandom random) {
    String file = FILES.get(random.nextInt(FILES.size()));
    return new Input("compose.yaml", new Mutations(random).of(new Mutations.Text(file)));
  }

  @Override
  public void read(Input input) {
    String text = new String(input.value(), StandardCharsets.UTF_8);
    var _ =
        ProjectLoader.load(
            ProjectOptions.of(Path.of("/p/compose.yaml"), Map.of("KEY", "secret")),
            new OneFile(text));
  }
}
