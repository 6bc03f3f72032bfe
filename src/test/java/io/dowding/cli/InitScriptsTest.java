package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The command lines that dowding init runs on hosts, in a real shell")
class InitScriptsTest {

  @TempDir private Path home = Path.of("");

  private Shell.Result run(String line, String input) throws IOException, InterruptedException {
    return new LocalShell().run(input, List.of("env", "HOME=" + home, "sh", "-c", line));
  }

  @Test
  @DisplayName("add a key once, after whatever is there")
  void authorize() throws Exception {
    Path keys = home.resolve(".ssh/authorized_keys");
    assertThat(run(ControlNode.AUTHORIZE, "ssh-ed25519 AAAA= dowding").isGood()).isTrue();
    assertThat(keys).hasContent("ssh-ed25519 AAAA= dowding");
    Files.writeString(keys, "ssh-rsa BBBB me\nrestrict ssh-ed25519 CCCC= dowding");
    for (int n = 0; n < 2; n++) {
      assertThat(run(ControlNode.AUTHORIZE, "ssh-ed25519 AAAA= dowding").isGood()).isTrue();
      assertThat(run(ControlNode.AUTHORIZE, "ssh-ed25519 CCCC= dowding").isGood()).isTrue();
    }
    assertThat(keys)
        .hasContent(
            "ssh-rsa BBBB me\nrestrict ssh-ed25519 CCCC= dowding\nssh-ed25519 AAAA= dowding\n");
    assertThat(PrivateFiles.isOpen(keys)).isFalse();
  }

  @Test
  @DisplayName("ask for what is there")
  void facts() throws Exception {
    HostFacts facts = HostFacts.of(run(HostFacts.ASK, "").output());
    assertThat(facts.name()).isNotEmpty();
    assertThat(facts.root()).isEqualTo("root".equals(System.getProperty("user.name")));
  }

  @Test
  @DisplayName("that cannot be run have an answer, too")
  void missing() throws Exception {
    Shell.Result none = new LocalShell().run("no-such-program");
    assertThat(none.isGood()).isFalse();
    assertThat(none.last()).isEqualTo("no-such-program cannot be run on this machine");
    assertThat(run("echo fine; echo '\033[31mbad' >&2; exit 3", "").last())
        .isEqualTo("\\u001b[31mbad");
  }
}
