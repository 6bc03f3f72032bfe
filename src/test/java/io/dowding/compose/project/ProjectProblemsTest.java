package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The problems of a Compose project")
class ProjectProblemsTest extends ProjectScene {

  @Test
  @DisplayName("reports each mistake once, with its place")
  void problems() {
    Project project =
        load(
            """
            services:
              web:
                image: nginx
                port: ["80:80"]
                deploy:
                  replicas: many
              app:
                build: .
              db:
                image: postgres
                volumes: [dta:/d]
            """);
    assertThat(project.services()).isEmpty();
    assertThat(project.problems())
        .hasSize(4)
        .anyMatch(
            p -> p.startsWith("/shop/compose.yaml:4:5: services.web.port: is not supported; did"))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:6:7: services.web.deploy.replicas: "))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:8:5: services.app is built from source"))
        .anyMatch(
            p ->
                p.equals(
                    "/shop/compose.yaml:11:15: there is no volume dta below the file's volumes:; add it"));
  }

  @Test
  @DisplayName("names both lines of a duplicate field")
  void twice() {
    assertThat(load("services:\n  s: {image: x}\n  s: {image: y}\n").problems())
        .containsExactly(
            "/shop/compose.yaml:3:3: \"s\" is here twice, first in line 2; remove one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a: [",
        "- a",
        "42",
        "services: 1",
        "services:\n  web: 1",
        "\u0000",
        "a: &a [x]\nb: *c",
        "services: &s {web: {image: a, x-a: *s}}",
        "services: {s: {image: x, extends: {file: gone.yaml, service: s}}}",
        "include: [compose.yaml]\nservices: {s: {image: x}}",
        "? [a]\n: b",
        "services: {s: {image: x, networks: 1}}",
        "services: {s: {image: x, x-dowding: true}}",
        "services: {s: {image: x, deploy: abc, scale: 2}}",
        "services: {s: {image: x, env_file: \"a\\0b\"}}",
        "services: {s: {image: x, volumes: ['/a\\0b:/d', \"./a\\0b:/d\"]}}",
        "services: {s: {image: x, environment: 1, ports: {a: b}, volumes: [[1]]}}"
      })
  @DisplayName("that is invalid is refused, without an exception")
  void none(String text) {
    Project project = load(text);
    assertThat(project.services()).isEmpty();
    assertThat(project.problems()).isNotEmpty();
  }

  @Test
  @DisplayName("refuses networks and aliases of the wrong kind")
  void wrongKinds() {
    assertThat(load("services: {web: {image: a, networks: {n: yes}}}\nnetworks: {n: }").problems())
        .singleElement()
        .asString()
        .endsWith("networks.n is not a mapping");
    assertThat(
            load("services: {web: {image: a, networks: {n: {aliases: x}}}}\nnetworks: {n: }")
                .problems())
        .singleElement()
        .asString()
        .endsWith("networks.n.aliases is not a list of names");
  }

  @Test
  @DisplayName("tells once what is wrong with something that several services use")
  void once() {
    Project project =
        load(
            """
            services: {a: {image: x}, b: {image: x}, c: {image: x}}
            networks: {default: {driver: overlay}}
            """);
    assertThat(project.problems()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version: 3.8\nservices: {a: {image: x}}",
        "x-a: &a {image: x}\nservices: {a: {<<: *a, <<: *a}}",
        "services: {a: {image: x, scale: 2, deploy: {replicas: 3}}}",
        "services: {a: {image: x, environment: }}",
        "services: {a: {image: x, dns: 1}}",
        "services: {a: {image: x}, b: {image: x, depends_on: {a: {}}}}",
        "version: '3'",
        "services: {a: {image: x, command: 'a ( b'}}",
        "services: {a: {image: x, command: 'a b\\'}}",
      })
  @DisplayName("is refused, with the place, where Compose refuses it")
  void refused(String compose) {
    assertThat(load(compose).problems())
        .singleElement()
        .asString()
        .startsWith("/shop/compose.yaml:");
  }

  @Test
  @DisplayName("reports each value of a wrong kind, with its service, index and line")
  void kinds() {
    Project project =
        load(
            """
            services:
              a:
                image: x
                command: [run, 1]
                cap_add: NET_ADMIN
                healthcheck: {test: [CMD, true], interval: '30'}
              b: {image: x, ports: [{target: http}], ulimits: {nofile: {soft: 1}}}
            volumes: {d: {drivr: nfs}}
            """);
    assertThat(project.problems())
        .containsExactly(
            "/shop/compose.yaml:4:20: services.a.command[1] is not text; put it in quotes",
            "/shop/compose.yaml:5:5: services.a.cap_add is not a list",
            "/shop/compose.yaml:6:31: services.a.healthcheck.test[1] is not text; put it in quotes",
            "/shop/compose.yaml:6:38: services.a.healthcheck.interval: \"30\" is not a duration with"
                + " a unit, such as 1m30s",
            "/shop/compose.yaml:7:26: services.b.ports[0].target: \"http\" is not a whole number",
            "/shop/compose.yaml:7:52: services.b.ulimits.nofile needs hard",
            "/shop/compose.yaml:8:15: volumes.d.drivr: is not supported; did you mean driver?");
  }

  @Test
  @DisplayName("has no services if the file has only networks and volumes")
  void noServices() {
    Project project = load("networks: {n: }\nvolumes: {v: }");
    assertThat(project.problems()).isEmpty();
    assertThat(project.services()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: {c: {file: gone}}",
        "secrets: {c: {environment: GONE}}",
        "secrets: {c: {file: ./gone/too}}"
      })
  @DisplayName("knows what is missing, and is complete without it")
  void missing(String secrets) {
    Project project = load("services: {a: {image: x, secrets: [c]}}\n" + secrets);
    assertThat(project.services()).containsOnlyKeys("shop-a");
    assertThat(project.missing()).containsExactlyElementsOf(project.problems()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "links: [a] | links: is not supported; leave it out",
        "service: {} | service: is not supported; did you mean services?",
        "services: {a.b: {image: x, cpu: 1}} | services.a.b.cpu: is not supported; did you mean cpus?",
        "services: {a.b: {image: x, models: {}}} | services.a.b.models: is not supported; write its",
        "services: {a: {image: x, x-dowding: {pin: }}} | services.a.x-dowding.pin has no value; give",
        "services: {a: {image: x, command: a (b)}} | services.a.command has a parenthesis outside"
            + " quotes, but there is no shell; write [sh, -c, \"...\"] to use a shell",
      })
  @DisplayName("says what to write instead")
  void instead(String compose, String problem) {
    assertThat(load(compose).problems())
        .singleElement()
        .asString()
        .containsPattern("^/shop/compose.yaml:\\d+:\\d+: " + Pattern.quote(problem));
  }

  @Test
  @DisplayName("shortens problems and notes with long names")
  void longMessages() {
    String name = "x".repeat(1 << 20);
    assertThat(load("services: {a: {image: x, command: $" + name + "}}").notes())
        .singleElement()
        .satisfies(note -> assertThat(note).contains("is not set").hasSizeLessThan(200));
    assertThat(load("services: {a: {image: x, " + name + ": 1}}").problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem).hasSizeLessThan(4100));
  }

  @Test
  @DisplayName("keeps the first hundred problems and notes, and counts the rest")
  void most() {
    String unknown =
        IntStream.range(0, 1000).mapToObj(n -> "p" + n + ": 1").collect(Collectors.joining(", "));
    assertThat(load("services: {a: {image: x, " + unknown + "}}").problems())
        .hasSize(101)
        .last()
        .isEqualTo("and 900 more");
    String unset =
        IntStream.range(0, 130).mapToObj(n -> "$N" + n).collect(Collectors.joining(", "));
    assertThat(load("services: {a: {image: x, command: [" + unset + "]}}").notes())
        .hasSize(101)
        .last()
        .isEqualTo("and 30 more");
    String secrets =
        IntStream.range(0, 120).mapToObj(n -> "s" + n).collect(Collectors.joining(", "));
    Project project =
        load(
            "services: {a: {image: x, secrets: [%s]}}\nsecrets: {%s}"
                .formatted(secrets, secrets.replaceAll("s\\d+", "$0: {file: gone}")));
    assertThat(project.missing()).containsExactlyInAnyOrderElementsOf(project.problems());
    assertThat(project.problems()).hasSize(101);
  }

  @Test
  @DisplayName("may not name a service that does not exist as optional, except in Compose's output")
  void optional() {
    String text =
        "services: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}}";
    assertThat(load(text).problems())
        .containsExactly("/shop/compose.yaml:1:39: services.a needs b, which does not exist");
    assertThat(loadOutput(text).problems()).isEmpty();
  }

  @Test
  @DisplayName("must have both limits, except in Compose's output, which has no zeros")
  void zeroLimits() throws Exception {
    String text = "services: {a: {image: x, ulimits: {core: {}}}}";
    assertThat(load(text).problems())
        .containsExactly(
            "/shop/compose.yaml:1:36: services.a.ulimits.core needs soft",
            "/shop/compose.yaml:1:36: services.a.ulimits.core needs hard");
    assertThat(Meaning.of("a", definition(loadOutput(text), "shop-a").toString()))
        .contains("{Hard=0, Name=core, Soft=0}");
  }

  @Test
  @DisplayName("reports everything that one service needs and the file does not have")
  void undefined() {
    assertThat(
            load("""
                    services:
                      a:
                        image: x
                        networks: [net]
                        volumes: ["one:/1", "two:/2", "bad:"]
                        configs: [conf]
                    """)
                .problems())
        .containsExactlyInAnyOrder(
            "/shop/compose.yaml:4:16: there is no network net below the file's networks:; add it",
            "/shop/compose.yaml:5:15: there is no volume one below the file's volumes:; add it",
            "/shop/compose.yaml:5:25: there is no volume two below the file's volumes:; add it",
            "/shop/compose.yaml:5:35: \"bad:\" is not a volume such as data:/data or"
                + " ./conf:/conf:ro",
            "/shop/compose.yaml:6:15: there is no conf below the file's configs:; add it");
  }

  @Test
  @DisplayName("is refused if a volume of an inactive service is malformed, as in Compose")
  void inactiveVolumes() {
    assertThat(
            load("services: {a: {image: x}, b: {image: x, profiles: [p], volumes: [':/d']}}")
                .problems())
        .containsExactly(
            "/shop/compose.yaml:1:66: \":/d\" is not a volume such as data:/data or"
                + " ./conf:/conf:ro");
  }
}
