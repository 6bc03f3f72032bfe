package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Names;
import io.dowding.model.Service.Condition;
import io.dowding.model.Service.Dependency;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code depends_on}: a list of services, or a map with a condition for each. */
final class DependencyReader {

  private static final int MOST = 1000;

  private DependencyReader() {}

  static List<Dependency> read(String service, Fields fields) {
    List<Dependency> all = new ArrayList<>();
    JsonNode written = fields.get("depends_on");
    if (written != null && written.isObject()) {
      Fields each = fields.object("depends_on");
      Map<String, JsonNode> sorted = new TreeMap<>();
      written.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      if (sorted.size() > MOST) {
        fields.problem("depends_on", "names more than the " + MOST + " services allowed");
        return all;
      }
      sorted.keySet().forEach(name -> all.add(longForm(name, each.object(name))));
    } else {
      fields.list("depends_on", MOST).stream()
          .sorted()
          .forEach(name -> all.add(new Dependency(name, Condition.STARTED, true, false)));
    }
    for (Dependency one : all) {
      if (one.service().equals(service)) {
        fields.problem("depends_on", "a service cannot wait for itself");
      } else if (!Names.isService(one.service())) {
        fields.problem("depends_on", Fields.quote(one.service()) + " is not the name of a service");
      }
    }
    return all;
  }

  private static Dependency longForm(String name, Fields fields) {
    Condition condition =
        fields.text(
            "condition",
            "service_started, service_healthy or service_completed_successfully",
            text -> {
              for (Condition one : Condition.values()) {
                if (one.word().equals(text)) {
                  return one;
                }
              }
              return null;
            });
    boolean required = fields.get("required") == null || fields.flag("required");
    boolean restart = fields.flag("restart");
    fields.refuseOthers();
    return new Dependency(
        name, condition == null ? Condition.STARTED : condition, required, restart);
  }
}
