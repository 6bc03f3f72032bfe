package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.fuzz.Target;
import io.dowding.model.Container;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Recorded answers of a real engine, mutated at meaningful places, for all code that reads them.
 * The input depends only on the seed.
 */
public final class AnswerTarget implements Target {

  private static final Path RECORDED = Path.of("src", "test", "resources", "recorded");

  private static final long MOST_BYTES = 64L << 20;
  private static final int MOST_CHANGES = 3;

  /** The replacement values. */
  private static final List<byte[]> VALUES = values();

  private static final List<Recording> RECORDINGS =
      List.of(
          Recording.of("version.json", AnswerTarget::version),
          Recording.of("info.json", AnswerTarget::info),
          Recording.of("plugins.json", AnswerTarget::plugins),
          Recording.of("containers.json", AnswerTarget::list),
          Recording.of("containers.json", AnswerTarget::users),
          Recording.of("container.json", AnswerTarget::container),
          Recording.of("container-created.json", AnswerTarget::container),
          Recording.of("container-exited.json", AnswerTarget::container),
          Recording.of("image.json", AnswerTarget::image),
          Recording.of("network.json", AnswerTarget::network),
          Recording.of("networks.json", AnswerTarget::networks),
          Recording.of("events.jsonl", AnswerTarget::events),
          Recording.of("pull.jsonl", AnswerTarget::pull),
          Recording.of("pull-failed.jsonl", AnswerTarget::pull),
          Recording.of("exec-created.json", AnswerTarget::execCreated),
          Recording.of("exec.json", AnswerTarget::exec));

  /** The number of inputs that were read, and the number that were refused. */
  public final LongAdder accepted = new LongAdder();

  public final LongAdder refused = new LongAdder();

  /** Reads an answer like the agent. */
  private interface Reader {
    void read(byte[] answer) throws IOException;
  }

  /** The position of a value in a recorded answer. */
  private record Span(int begin, int end) {}

  private static final class Recording {
    private final String name;
    private final byte[] answer;
    private final List<Span> spans;
    private final Reader reader;

    private Recording(String name, byte[] answer, Reader reader) {
      this.name = name;
      this.answer = answer;
      this.spans = AnswerTarget.spans(answer);
      this.reader = reader;
    }

    static Recording of(String name, Reader reader) {
      try {
        return new Recording(name, Files.readAllBytes(RECORDED.resolve(name)), reader);
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
  }

  /** Checks that the recorded answers are accepted without changes. */
  static void unchanged() throws IOException {
    for (Recording recording : RECORDINGS) {
      try {
        recording.reader.read(recording.answer);
      } catch (DockerException refusal) {
        if (!recording.name.equals("pull-failed.jsonl")) {
          throw refusal;
        }
      }
    }
  }

  @Override
  public String name() {
    return "answer";
  }

  @Override
  public long mostBytes() {
    return MOST_BYTES;
  }

  @Override
  public Input input(SplittableRandom random) {
    int number = random.nextInt(RECORDINGS.size());
    Recording recording = RECORDINGS.get(number);
    return new Input(number + " " + recording.name, changed(recording, random));
  }

  @Override
  public void read(Input input) throws IOException {
    String number = input.name().substring(0, input.name().indexOf(' '));
    try {
      RECORDINGS.get(Integer.parseInt(number)).reader.read(input.value());
      accepted.increment();
    } catch (MalformedAnswer | DockerException own) {
      refused.increment();
    }
  }

  // mutations

  private static byte[] changed(Recording recording, SplittableRandom random) {
    byte[] input = recording.answer;
    List<Span> spans = chosen(recording.spans, random);
    ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + 256);
    int at = 0;
    for (Span span : spans) {
      out.write(input, at, span.begin() - at);
      replace(input, span, recording.spans, random, out);
      at = span.end();
    }
    out.write(input, at, input.length - at);
    byte[] made = out.toByteArray();
    return random.nextInt(10) == 0 ? garbled(made, random) : made;
  }

  /** Chooses some spans that do not overlap, in order. */
  private static List<Span> chosen(List<Span> spans, SplittableRandom random) {
    List<Span> chosen = new ArrayList<>();
    int wanted = random.nextInt(1, MOST_CHANGES + 1);
    for (int n = 0; n < wanted; n++) {
      Span span = spans.get(random.nextInt(spans.size()));
      if (chosen.stream().allMatch(c -> c.end() <= span.begin() || span.end() <= c.begin())) {
        chosen.add(span);
      }
    }
    chosen.sort((a, b) -> Integer.compare(a.begin(), b.begin()));
    return chosen;
  }

  private static void replace(
      byte[] input, Span span, List<Span> all, SplittableRandom random, ByteArrayOutputStream out) {
    switch (random.nextInt(8)) {
      case 0 -> out.writeBytes("null".getBytes(StandardCharsets.US_ASCII));
      case 1 -> {
        Span other = all.get(random.nextInt(all.size()));
        out.write(input, other.begin(), other.end() - other.begin());
      }
      case 2 -> {
        // Repeats it, in a list or not.
        int times = random.nextInt(2, 20);
        out.write('[');
        for (int n = 0; n < times; n++) {
          out.write(input, span.begin(), span.end() - span.begin());
          out.write(n == times - 1 ? ']' : ',');
        }
      }
      default -> out.writeBytes(VALUES.get(random.nextInt(VALUES.size())));
    }
  }

  private static byte[] garbled(byte[] input, SplittableRandom random) {
    if (input.length == 0) {
      return input;
    }
    int at = random.nextInt(input.length);
    byte[] copy = input.clone();
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(copy, at);
      case 1 -> {
        copy[at] = (byte) random.nextInt(256);
        yield copy;
      }
      case 2 -> {
        byte[] twice = Arrays.copyOf(copy, 2 * copy.length);
        System.arraycopy(copy, 0, twice, copy.length, copy.length);
        yield twice;
      }
      default -> {
        byte[] some = new byte[random.nextInt(1, 8)];
        random.nextBytes(some);
        System.arraycopy(some, 0, copy, at, Math.min(some.length, copy.length - at));
        yield copy;
      }
    };
  }

  private static List<byte[]> values() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "0",
                "7",
                "-1",
                "1.5",
                "1e400",
                "-0",
                "65536",
                "2147483648",
                "9223372036854775807",
                "-9223372036854775808",
                "99999999999999999999",
                "9".repeat(70),
                "true",
                "false",
                "\"\"",
                "\"x\"",
                "\"7\"",
                "\"-5\"",
                "\"65536\"",
                "\"99999\"",
                "\"0x10\"",
                "\"/\"",
                "\"..\"",
                "\"../../containers/create\"",
                "\"a/b\"",
                "\"tcp\"",
                "\"80/tcp/x\"",
                "\"\\u0000\\u001b[31m\\u202e\"",
                "\"\\ud800\"",
                "\"ä\\n\"",
                "[]",
                "{}",
                "[null]",
                "[[]]",
                "[{}]",
                "[7]",
                "[\"x\"]",
                "{\"\":null}",
                "{\"a\":null}",
                "{\"a\":7}",
                "{\"80/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"99999\"}]}",
                "{\"70000/tcp\":[{\"HostIp\":\"\",\"HostPort\":\"80\"}]}",
                "{\"x\":[{}]}",
                "\"2026-13-45T00:00:00Z\"",
                "\"0001-01-01T00:00:00Z\"",
                "\"+1000000000-12-31T23:59:59.999999999Z\"",
                "\"-1000000000-01-01T00:00:00Z\"",
                "\"9999-12-31T23:59:59+18:00\"",
                "\"running\"",
                "\"removing\"",
                "\"unless-stopped\"",
                "nul",
                "'x'",
                "NaN",
                "\"a\":",
                ",",
                "}",
                "]",
                "// x"));
    texts.add("[".repeat(50) + "]".repeat(50));
    texts.add("[".repeat(500) + "]".repeat(500));
    texts.add("{\"a\":".repeat(500) + "1" + "}".repeat(500));
    texts.add('"' + "x".repeat(5_000) + '"');
    texts.add("[" + "\"x\",".repeat(200) + "\"x\"]");
    StringBuilder many = new StringBuilder("{");
    for (int n = 0; n < 200; n++) {
      many.append("\"k").append(n).append("\":\"v\",");
    }
    texts.add(many + "\"k\":\"v\"}");
    return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** The positions of all values and field names. A changed name is a missing field. */
  private static List<Span> spans(byte[] answer) {
    List<Span> spans = new ArrayList<>();
    Deque<Integer> begun = new ArrayDeque<>();
    int at = 0;
    while (at < answer.length) {
      int begin = at++;
      switch (answer[begin]) {
        case '{', '[' -> begun.push(begin);
        case '}', ']' -> spans.add(new Span(begun.pop(), at));
        case ',', ':', ' ', '\r', '\n' -> {
          // Skips separators.
        }
        case '"' -> {
          while (answer[at] != '"') {
            at += answer[at] == '\\' ? 2 : 1;
          }
          spans.add(new Span(begin, ++at));
        }
        default -> {
          while (at < answer.length && ",:}] \r\n".indexOf(answer[at]) < 0) {
            at++;
          }
          spans.add(new Span(begin, at));
        }
      }
    }
    return List.copyOf(spans);
  }

  // readers

  private static Answer parse(byte[] answer) {
    return Answer.parse("answer", answer);
  }

  private static List<Answer> elements(byte[] answer, Set<String> fields) {
    List<Answer> all = new ArrayList<>();
    Answer.each("answer", new ByteArrayInputStream(answer), fields, all::add);
    return all;
  }

  private static void version(byte[] answer) {
    Answer version = parse(answer);
    Connection.agreed(version);
    EngineInfos.of(version, parse("{}".getBytes(StandardCharsets.UTF_8)), List.of());
  }

  private static void info(byte[] answer) {
    Answer info = parse(answer);
    assertThat(Connection.time(info.at("SystemTime")).minusSeconds(2)).isNotNull();
    EngineInfos.of(parse("{}".getBytes(StandardCharsets.UTF_8)), info, List.of());
  }

  private static void plugins(byte[] answer) {
    Answer info = parse("{\"Plugins\":{\"Log\":[\"local\"]}}".getBytes(StandardCharsets.UTF_8));
    EngineInfos.of(info, info, elements(answer, EngineInfos.OF_PLUGIN));
  }

  private static void list(byte[] answer) {
    elements(answer, Views.OF_LISTED).forEach(one -> use(Views.listed(one)));
  }

  private static void users(byte[] answer) {
    elements(answer, Views.OF_USER).forEach(one -> Views.uses(one, "bridge"));
  }

  private static void container(byte[] answer) {
    use(Views.of(parse(answer), false));
  }

  private static void image(byte[] answer) {
    Instant tagged = Views.image(parse(answer)).tagged();
    assertThat(tagged.plus(Duration.ofDays(1000))).isNotNull();
    Views.imageLabels(parse(answer));
  }

  private static void network(byte[] answer) {
    Views.network(parse(answer));
  }

  private static void networks(byte[] answer) {
    elements(answer, Views.OF_NETWORK).forEach(Views::network);
  }

  private static void events(byte[] answer) throws IOException {
    Lines.read("answer", new ByteArrayInputStream(answer), 256 << 10, EventStream::container);
  }

  private static void pull(byte[] answer) throws IOException {
    PullProgress progress = new PullProgress(text -> {});
    Lines.read("answer", new ByteArrayInputStream(answer), 256 << 10, progress);
    progress.text();
  }

  private static void execCreated(byte[] answer) {
    parse(answer).at("Id").id();
  }

  private static void exec(byte[] answer) {
    Views.exitCode(parse(answer));
  }

  /** Uses all that was read; what the agent does with it must not fail either. */
  private static void use(Container container) {
    assertThat(container.shortId().length()).isBetween(1, 12);
    Ownership.of(container, "c");
    Networks.in(container.labels());
    assertThat(container.lastRun().toMillis()).isNotNegative();
    assertThat(Instant.EPOCH.plus(container.stopGrace())).isNotNull();
    container.ports().forEach(port -> assertThat(port.collidesWith(port)).isTrue());
  }
}
