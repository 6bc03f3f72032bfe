package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.AuthConfig;
import io.dowding.docker.Credentials.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The credentials for a registry")
class CredentialsTest {

  private static final String AUTH =
      Base64.getEncoder().encodeToString("ada:s3:cret".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path directory;

  private String found(Map<String, Login> logins, String file, String registry) throws Exception {
    Path config = Files.writeString(directory.resolve("config.json"), file);
    AuthConfig login = new Credentials(logins, config).at(registry);
    return login == null
        ? "nothing"
        : login.getUsername() + " " + login.getPassword() + " " + login.getIdentitytoken();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | r.example.org | nothing",
        "{'auths':{'r.example.org':{'auth':'AUTH'}}} | r.example.org | ada s3:cret null",
        "{'auths':{'https://r.example.org/v2/':{'auth':'AUTH'}}} | r.example.org | ada s3:cret null",
        "{'auths':{'https://index.docker.io/v1/':{'auth':'AUTH'}}} | docker.io | ada s3:cret null",
        "{'auths':{'r.example.org':{'identitytoken':'tok'}}} | r.example.org | null null tok",
        "{'auths':{'r.example.org':{}},'credsStore':'test'} | token.example.org | null null abc",
        "{'credHelpers':{'r:5002':'test'}} | r:5002 | tester open sesame null",
        "{'credHelpers':{'r:5002':'test'}} | r.example.org | nothing",
        "{'auths':{'r.example.org':{'auth':'AUTH'}},'credsStore':'test'} | r.example.org | ada s3:cret null",
      })
  @DisplayName("are found in Docker's config file like Docker does")
  void ofDocker(String file, String registry, String expected) throws Exception {
    String json = file.replace('\'', '"').replace("AUTH", AUTH);
    assertThat(found(Map.of(), json, registry)).isEqualTo(expected);
  }

  @Test
  @DisplayName("of the configuration take precedence, and a password file is read each time")
  void configured() throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "one\n");
    Map<String, Login> logins = Map.of("r.example.org", new Login("bob", null, password));
    String file = "{\"auths\":{\"r.example.org\":{\"auth\":\"" + AUTH + "\"}}}";
    assertThat(found(logins, file, "r.example.org")).isEqualTo("bob one null");
    Files.writeString(password, "two");
    assertThat(found(logins, file, "r.example.org")).isEqualTo("bob two null");
    assertThat(logins.toString()).contains("bob").doesNotContain("two");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{'credsStore':'missing'} | r.example.org | docker-credential-missing",
        "{'credsStore':'test'} | broken.example.org | docker-credential-test failed: the keychain is locked",
        "{'auths':{'r.example.org':{'auth':'?'}}} | r.example.org | auths.r.example.org.auth is not base64",
        "{'auths':{'r.example.org':{'auth':'YQ=='}}} | r.example.org | not of the form name:password",
        "no JSON | r.example.org | the credentials for r.example.org: ",
      })
  @DisplayName("that cannot be read cause an error that names them")
  void broken(String file, String registry, String words) {
    assertThatThrownBy(() -> found(Map.of(), file.replace('\'', '"'), registry))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the credentials for " + registry)
        .hasMessageContaining(words);
  }

  @Test
  @DisplayName("are empty without Docker's config file")
  void none() throws IOException, InterruptedException {
    assertThat(new Credentials(Map.of(), directory.resolve("none")).at("r.example.org")).isNull();
  }
}
