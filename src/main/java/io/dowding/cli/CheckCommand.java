package io.dowding.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.compose.TextFile;
import io.dowding.compose.project.Messages;
import io.dowding.compose.project.Project;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Names;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code check}: reports whether these services can run, and every problem. */
@Command(
    name = "check",
    description = "Checks Compose files, and services in JSON, and reports every problem.",
    footer = {"Example:", "  dowding check -f compose.yaml"},
    mixinStandardHelpOptions = true)
final class CheckCommand extends DowdingCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Files, each checked on its own. Default: compose.yaml in this directory.")
  private List<Path> each = List.of();

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Mixin private ProjectArguments arguments = new ProjectArguments();

  private @Nullable EtcdKeys keys;

  /** The result for one file. */
  private record Verdict(String file, List<String> notes, List<String> problems) {}

  @Override
  public Integer call() throws IOException {
    Policy policy = policy();
    if (policy == null && !json()) {
      talk().line("note: policy not checked, because there is no configuration");
    }
    keys = policy == null ? null : keys();
    List<Verdict> verdicts = verdicts(policy);
    Output out = out();
    for (Verdict verdict : verdicts) {
      show(verdict, out);
    }
    if (keys != null) {
      keys.close();
    }
    return verdicts.stream().allMatch(verdict -> verdict.problems().isEmpty()) ? 0 : 1;
  }

  /** To see whether configs and secrets are there; null if etcd does not answer. */
  private @Nullable EtcdKeys keys() {
    EtcdKeys found = null;
    try {
      found = new EtcdKeys(config().etcdSettings(), PATIENCE, config().base());
      found.cluster();
      return found;
    } catch (EtcdException failed) {
      // A user who may not read that key also got an answer.
      if (failed.isRefusal()) {
        return found;
      }
      if (found != null) {
        found.close();
      }
      if (!json()) {
        String why =
            failed instanceof EtcdException.Misconfigured
                ? ": " + failed.getMessage()
                : ", because etcd does not answer";
        talk().line("note: configs and secrets not checked" + why);
      }
      return null;
    }
  }

  private List<Verdict> verdicts(@Nullable Policy policy) throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    if (each.isEmpty() || arguments.namesFiles()) {
      verdicts.add(verdict(arguments.load(List.of()), policy));
    }
    each.forEach(file -> verdicts.add(verdict(file, policy)));
    return verdicts;
  }

  private void show(Verdict verdict, Output out) throws IOException {
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("file", verdict.file());
      line.put("ok", verdict.problems().isEmpty());
      line.put("problems", verdict.problems());
      line.put("notes", verdict.notes());
      sayNext(line);
      return;
    }
    verdict.notes().forEach(note -> out.line(verdict.file() + ": note: " + note));
    verdict.problems().forEach(problem -> out.line(placed(verdict.file(), problem)));
    if (verdict.problems().isEmpty()) {
      out.line(verdict.file() + ": ok");
    }
  }

  /** Most problems already name the file and line. */
  private static String placed(String file, String problem) {
    return problem.startsWith("/") ? problem : file + ": " + problem;
  }

  /** Null if there is only the example of a configuration, so there is no policy to check. */
  private @Nullable Policy policy() {
    return isNamed() || !configFile().equals(Config.example()) ? config().granted() : null;
  }

  /** An unreadable file is a problem of that file only; the others are still checked. */
  private Verdict verdict(Path file, @Nullable Policy policy) {
    try {
      String text = TextFile.read(file);
      if (!isDefinition(text)) {
        return verdict(arguments.load(List.of(file), List.of()), policy);
      }
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      Service service =
          ServiceReader.read(
              Names.isService(name) ? name : "check", 0, text.getBytes(StandardCharsets.UTF_8));
      return new Verdict(file.toString(), List.of(), refusals(service, policy, Set.of()));
    } catch (InvalidServiceException invalid) {
      return new Verdict(file.toString(), List.of(), invalid.problems());
    } catch (IOException unreadable) {
      return new Verdict(
          file.toString(), List.of(), List.of("cannot be read: " + unreadable.getMessage()));
    }
  }

  /** Whether the file is one service in JSON instead of a Compose file. */
  private static boolean isDefinition(String text) {
    if (!text.stripLeading().startsWith("{")) {
      return false;
    }
    try {
      return !new ObjectMapper().readTree(text).has("services");
    } catch (IOException notJson) {
      return true;
    }
  }

  private Verdict verdict(ProjectArguments.Loaded loaded, @Nullable Policy policy) {
    Project project = loaded.project();
    List<String> notes = new ArrayList<>(project.notes());
    notes.addAll(Messages.first(Resolution.notes(project)));
    notes.addAll(
        Messages.first(
            loaded.sent().stream()
                .map(sent -> "the content of " + sent + " goes to etcd")
                .toList()));
    List<String> problems = new ArrayList<>(project.problems());
    // Compose accepts such files too; up needs the content.
    problems.removeAll(project.missing());
    project.problems().stream().filter(project.missing()::contains).forEach(notes::add);
    List<String> refusals = new ArrayList<>();
    project
        .services()
        .forEach(
            (name, written) -> {
              try {
                byte[] definition = written.definition().getBytes(StandardCharsets.UTF_8);
                refusals(
                        ServiceReader.read(name, 0, definition),
                        policy,
                        project.contents().keySet())
                    .forEach(
                        refusal ->
                            refusals.add("services." + written.composeName() + ": " + refusal));
              } catch (InvalidServiceException invalid) {
                refusals.addAll(invalid.problems());
              }
            });
    problems.addAll(Messages.first(refusals));
    return new Verdict(loaded.label(), notes, problems);
  }

  /**
   * @param written configs and secrets that would be written together with it
   */
  private List<String> refusals(Service service, @Nullable Policy policy, Set<String> written) {
    List<String> problems = new ArrayList<>();
    if (policy != null) {
      problems.addAll(policy.refusals(service.name(), service.container()));
    }
    if (keys != null) {
      problems.addAll(Admission.missing(keys, service, written));
    }
    return problems;
  }
}
