package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Image names")
class ImagesTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nginx, docker.io, nginx, latest",
    "nginx:1.29, docker.io, nginx, 1.29",
    "docker.io/library/nginx:1, docker.io, docker.io/library/nginx, 1",
    "index.docker.io/a/b, docker.io, index.docker.io/a/b, latest",
    "team/app, docker.io, team/app, latest",
    "r:5000/nginx, r:5000, r:5000/nginx, latest",
    "localhost/a:b, localhost, localhost/a, b",
    "r.org/a:1@sha256:00, r.org, r.org/a@sha256:00, ''",
  })
  @DisplayName("are parsed like Docker does")
  void parts(String image, String registry, String name, String tag) {
    assertThat(Images.registry(image)).isEqualTo(registry);
    assertThat(Images.nameAndTag(image)).isEqualTo(List.of(name, tag));
  }

  @Test
  @DisplayName("have the digest of their own repository only")
  void digest() {
    List<String> digests =
        List.of("other/nginx@sha256:1", "nginx@sha256:2", "r:5000/nginx@sha256:3");
    assertThat(Images.digest("nginx:1", digests)).isEqualTo("sha256:2");
    assertThat(Images.digest("docker.io/library/nginx", digests)).isEqualTo("sha256:2");
    assertThat(Images.digest("r:5000/nginx:9", digests)).isEqualTo("sha256:3");
    assertThat(Images.digest("busybox", digests)).isEmpty();
  }

  @Test
  @DisplayName("the layers of a pull are added up")
  void progress() {
    PullProgress progress = new PullProgress(text -> {});
    for (String item :
        List.of(
            "{'status':'Pulling from a','id':'1'}",
            "{'status':'Downloading','id':'a','progressDetail':{'current':1048576,'total':4194304}}",
            "{'status':'Downloading','id':'b','progressDetail':{'current':524288,'total':1048576}}",
            "{'status':'Downloading','id':'a','progressDetail':{'current':2097152,'total':4194304}}",
            "{'status':'Extracting','id':'a','progressDetail':{'current':9,'total':4194304}}")) {
      progress.accept(
          Answer.parse("pull", item.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(progress.text()).isEqualTo("pulling the image: 2.5 of 5.0 MiB");
  }
}
