package io.dowding.docker;

import io.dowding.model.Policy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A small image with only busybox, built locally: no registry is needed. */
public final class DemoImage {

  private static final String[] COMMANDS = {
    "sh", "sleep", "httpd", "cat", "echo", "touch", "ls", "true", "false"
  };

  /** Exits as soon as it is told to. A plain sleep as process 1 would wait to be killed. */
  private static final String SERVE = "#!/bin/sh\ntrap 'exit 0' TERM\nsleep 100000 & wait\n";

  private static final String PAGE =
      "<h1>dowding</h1><p>This container runs because a key in etcd" + " says so.</p>\n";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private DemoImage() {}

  /**
   * Loads the image into an engine.
   *
   * @param docker the engine's endpoint
   * @param busybox a statically linked busybox
   * @throws IOException if the file cannot be read, or the engine refuses
   */
  public static void load(String docker, String image, Path busybox) throws IOException {
    String[] name = Images.nameAndTag(image).toArray(String[]::new);
    String path = "/images/create?fromSrc=-&repo=" + encode(name[0]) + "&tag=" + encode(name[1]);
    try (EngineHttp http =
            new EngineHttp(
                URI.create(docker), null, null, PATIENCE, PATIENCE, new Gate(Policy.STRICT));
        Exchange exchange =
            http.open(
                "POST",
                path,
                Map.of("Content-Type", "application/x-tar"),
                new ByteArrayInputStream(tar(busybox)),
                PATIENCE)) {
      String answer = new String(exchange.beginning(), StandardCharsets.UTF_8);
      if (exchange.status() / 100 != 2 || answer.contains("\"error\"")) {
        throw new IOException("the engine refuses the demo image: " + answer.strip());
      }
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static byte[] tar(Path busybox) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      file(tar, "bin/busybox", Files.readAllBytes(busybox));
      file(tar, "bin/serve", SERVE.getBytes(StandardCharsets.UTF_8));
      file(tar, "www/index.html", PAGE.getBytes(StandardCharsets.UTF_8));
      for (String command : COMMANDS) {
        TarArchiveEntry link = new TarArchiveEntry("bin/" + command, TarConstants.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void file(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setMode(0755);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
