package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.DocumentationTool;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavadocTest {

  @TempDir private Path output = Path.of("");

  @Test
  @DisplayName("the public API of the library is documented without warnings")
  void noWarnings() throws IOException {
    DocumentationTool javadoc = Objects.requireNonNull(ToolProvider.getSystemDocumentationTool());
    StringWriter said = new StringWriter();
    try (var files = javadoc.getStandardFileManager(null, null, null)) {
      boolean done =
          javadoc
              .getTask(
                  said,
                  files,
                  null,
                  null,
                  List.of(
                      "-quiet",
                      "-Xdoclint:all,-missing",
                      "-Werror",
                      "-d",
                      output.toString(),
                      "-classpath",
                      System.getProperty("java.class.path"),
                      "-sourcepath",
                      "src/main/java",
                      "io.dowding"),
                  null)
              .call();
      assertThat(said.toString()).isEmpty();
      assertThat(done).isTrue();
    }
  }
}
