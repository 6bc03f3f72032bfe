package io.dowding.it;

import io.dowding.docker.DockerSettings;
import io.dowding.docker.EngineApi;
import io.dowding.docker.RealEngine;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Docker Engine contract: real, through SSH")
class SshEngineIT extends RealEngineIT {

  private static final TestHost HOST = Testbed.shared().hosts().getFirst();

  @SuppressWarnings("NullAway.Init")
  private static SshServers ssh;

  @BeforeAll
  static void start() {
    ssh = new SshServers(List.of(HOST));
  }

  @AfterAll
  static void stop() {
    ssh.close();
  }

  @Override
  protected EngineApi connect() {
    return RealEngine.at(ssh.endpoint(HOST), DockerSettings.DEFAULT.withSshConfig(ssh.config()));
  }
}
