package io.dowding.docker;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.BadRequestException;
import io.dowding.model.EngineTable;
import io.dowding.model.EngineTable.Call;
import io.dowding.model.Finding;
import io.dowding.model.Ownership;
import io.dowding.model.Policy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request out only if every field of its JSON is in {@link EngineTable} and, if it creates a
 * container, is granted to the service in its label.
 */
final class Gate {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<Pattern, Call> CALLS =
      Map.of(
          Pattern.compile("/containers/create"), Call.CREATE,
          Pattern.compile("/containers/[^/]+/update"), Call.UPDATE,
          Pattern.compile("/containers/[^/]+/exec"), Call.EXEC,
          Pattern.compile("/exec/[^/]+/start"), Call.RUN,
          Pattern.compile("/networks/create"), Call.NETWORK,
          Pattern.compile("/networks/[^/]+/connect"), Call.CONNECT);

  private final Policy policy;

  Gate(Policy policy) {
    this.policy = policy;
  }

  /**
   * @param target the request's path and query
   * @param json its body, as it will be sent
   * @throws BadRequestException if it must not be sent
   */
  void check(String target, byte[] json) {
    List<String> refusals = refusals(target, json);
    if (!refusals.isEmpty()) {
      throw new BadRequestException("not sent: " + String.join("; ", refusals));
    }
  }

  private List<String> refusals(String target, byte[] json) {
    String[] parts = target.split("\\?", 2);
    Call kind = kind(parts[0].replaceFirst("^/v[0-9.]+", ""));
    if (kind == null) {
      return List.of("a body for " + parts[0]);
    }
    Map<String, Object> body = body(json);
    for (String parameter : parts.length > 1 ? parts[1].split("&", -1) : new String[0]) {
      body.put("?" + parameter.replaceFirst("=.*", ""), parameter);
    }
    List<Finding> findings = EngineTable.findings(kind, body);
    if (kind == Call.CREATE && body.get("Labels") instanceof Map<?, ?> labels) {
      return policy.refusals(String.valueOf(labels.get(Ownership.SERVICE)), findings);
    }
    // Other fields were checked when their service was read.
    return findings.stream()
        .filter(finding -> kind == Call.CREATE || finding instanceof Finding.Never)
        .map(Finding::what)
        .toList();
  }

  private static @Nullable Call kind(String path) {
    return CALLS.entrySet().stream()
        .filter(known -> known.getKey().matcher(path).matches())
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static Map<String, Object> body(byte[] json) {
    try {
      return JSON.readValue(json, new TypeReference<LinkedHashMap<String, Object>>() {});
    } catch (IOException notJson) {
      throw new BadRequestException("not sent: not a JSON object", notJson);
    }
  }
}
