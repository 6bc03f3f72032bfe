package io.dowding.compose.project;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.model.Content;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Compose project, ready to be put into etcd. Immutable.
 *
 * @param name the project's name; empty if it could not be determined
 * @param services the services that can run, by their names in etcd
 * @param contents the project's own content keys, such as {@code configs/shop_nginx}
 * @param inactive the names in etcd of services whose profile is not active
 * @param notes harmless differences from Compose
 * @param problems what cannot run, and why; each with its place
 * @param missing those of the problems that are not in the files: content that is not there yet
 */
public record Project(
    String name,
    SortedMap<String, ProjectService> services,
    SortedMap<String, Content> contents,
    Set<String> inactive,
    List<String> notes,
    List<String> problems,
    Set<String> missing) {

  /**
   * A service of a project.
   *
   * @param composeName its name in the Compose file
   * @param definition in JSON, as put under {@code services/}
   * @param contents the keys in {@link Project#contents} that it uses
   */
  public record ProjectService(String composeName, String definition, List<String> contents) {

    private ProjectService apart() {
      try {
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(definition);
        json.withObjectProperty("x-dowding").put("together", false);
        return new ProjectService(composeName, json.toString(), contents);
      } catch (JsonProcessingException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /** A copy in which each service is placed by itself. */
  public Project spread() {
    SortedMap<String, ProjectService> apart = new TreeMap<>(services);
    apart.replaceAll((name, service) -> service.apart());
    return new Project(name, apart, contents, inactive, notes, problems, missing);
  }

  static Project broken(List<String> notes, List<String> problems) {
    return new Project("", new TreeMap<>(), new TreeMap<>(), Set.of(), notes, problems, Set.of());
  }
}
