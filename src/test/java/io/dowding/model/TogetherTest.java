package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The services placed together")
class TogetherTest {

  private static Service service(String name, String networks, String extras, String fields)
      throws InvalidServiceException {
    String json =
        "{\"image\":\"demo\",\"networks\":["
            + networks
            + "],\"x-dowding\":{\"project\":\"shop\""
            + extras
            + "}"
            + fields
            + "}";
    return ServiceReader.read(name, 1, json.getBytes(StandardCharsets.UTF_8));
  }

  private static Service in(String name, String network) throws InvalidServiceException {
    return service(name, "\"" + network + "\"", "", "");
  }

  private static String group(Service... all) {
    return String.join(" ", Together.groupOf(all[0], List.of(all)).keySet());
  }

  @Test
  @DisplayName("share a network of their project, directly or through another service")
  void chain() throws InvalidServiceException {
    Service both = service("both", "\"shop_a\",\"shop_b\"", "", "");
    assertThat(group(in("a", "shop_a"), in("b", "shop_b"), both, in("c", "shop_c")))
        .isEqualTo("a b both");
  }

  @Test
  @DisplayName(
      "are not services that are alone, in no network, or in a network not made by the project")
  void alone() throws InvalidServiceException {
    assertThat(group(in("a", "shop_a"))).isEmpty();
    assertThat(group(in("a", "proxy"), in("b", "proxy"))).isEmpty();
    assertThat(group(service("a", "", "", ""), service("b", "", "", ""))).isEmpty();
  }

  @Test
  @DisplayName("share a network with a custom name, if the project makes it")
  void ownName() throws InvalidServiceException {
    String named = ",\"own_networks\":[\"front\"]";
    String made = ",\"networks\":{\"front\":{\"internal\":true}}";
    assertThat(group(service("a", "\"front\"", named, ""), service("b", "\"front\"", made, "")))
        .isEqualTo("a b");
  }

  @Test
  @DisplayName("are none if more than 500 share a network, however many there are")
  void tooMany() throws InvalidServiceException {
    List<Service> all = new ArrayList<>();
    for (int n = 1; n <= 20_000; n++) {
      all.add(in("s" + n, "shop_a"));
    }
    Service other = in("other", "shop_b");
    List<Service> few = List.of(other, in("another", "shop_b"));
    all.addAll(few);
    assertThat(Together.groupOf(all.getFirst(), all)).isEmpty();
    assertThat(Together.groupOf(other, all)).hasSize(2);
    assertThat(Together.groups(all).get(all.getFirst().name())).hasSize(20_000);
    assertThat(Together.groupOf(all.getFirst(), all.subList(0, 500))).hasSize(500);
  }

  @Test
  @DisplayName("include the service whose namespace or volumes another one uses")
  void borrowing() throws InvalidServiceException {
    Service car = service("car", "", "", ",\"network_mode\":\"service:a\"");
    Service user = service("user", "", "", ",\"volumes_from\":[\"a\"]");
    assertThat(group(car, in("a", "shop_a"), user)).isEqualTo("a car user");
  }

  @Test
  @DisplayName("are not services that cannot share a host, and the reason is known")
  void apart() throws InvalidServiceException {
    String two = ",\"deploy\":{\"replicas\":2";
    String net = "\"shop_a\"";
    assertThat(
            List.of(
                why(service("x", net, ",\"together\":false", "")),
                why(service("x", net, "", ",\"deploy\":{\"mode\":\"global\"}")),
                why(service("x", net, ",\"exclusive\":true", two + "}")),
                why(service("x", net, "", two + ",\"placement\":{\"max_replicas_per_node\":1}}")),
                why(
                    service(
                        "x",
                        net,
                        "",
                        two
                            + ",\"placement\":{\"preferences\":[{\"spread\":\"node.labels.rack\"}]}}")),
                why(service("x", net, "", two + "},\"ports\":[\"80:80\"]"))))
        .containsExactly(
            "x-dowding.together is false",
            "it is global",
            "x-dowding.exclusive keeps its 2 replicas on separate hosts",
            "max_replicas_per_node is less than its 2 replicas",
            "placement.preferences spread its 2 replicas",
            "its 2 replicas publish the same port 80");
    assertThat(Together.whyApart(service("x", net, "", two + "},\"ports\":[\"80\"]"))).isNull();
    assertThat(Together.whyApart(service("x", net, ",\"exclusive\":true", ""))).isNull();
  }

  private static String why(Service service) {
    return String.valueOf(Together.whyApart(service));
  }
}
