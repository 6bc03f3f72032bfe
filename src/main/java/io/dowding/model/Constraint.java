package io.dowding.model;

/**
 * A condition on hosts, such as {@code node.labels.rack == r1}.
 *
 * @param field {@code node.hostname}, {@code node.tags} or {@code node.labels.<name>}
 * @param equal true for {@code ==}, false for {@code !=}
 */
public record Constraint(String field, boolean equal, String value) {

  public static final String LABELS = "node.labels.";

  private static final String HOSTNAME = "node.hostname";

  /** Whether it names a host, to require or exclude it. */
  public boolean isOfHostname() {
    return field.equals(HOSTNAME);
  }

  public boolean holds(Host host) {
    boolean found =
        switch (field) {
          case HOSTNAME -> host.hostname().equals(value);
          case "node.tags" -> host.tags().contains(value);
          default -> value.equals(host.meta().get(field.substring(LABELS.length())));
        };
    return found == equal;
  }

  @Override
  public String toString() {
    return field + (equal ? " == " : " != ") + value;
  }
}
