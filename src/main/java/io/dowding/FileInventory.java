package io.dowding;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.TextFile;
import io.dowding.compose.yaml.Source;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** The hosts in a file, which is parsed only when its text has changed. Not thread-safe. */
final class FileInventory implements Supplier<Collection<Host>> {

  private final Path file;
  private String parsed = "";
  private Collection<Host> hosts = List.of();

  FileInventory(Path file) {
    this.file = file;
  }

  @Override
  public Collection<Host> get() {
    try {
      String text = TextFile.read(file);
      if (hosts.isEmpty() || !text.equals(parsed)) {
        hosts = InventoryReader.parse(Source.of(file), text).values();
        parsed = text;
      }
      return hosts;
    } catch (IOException unreadable) {
      throw bad(file + ": " + unreadable.getMessage());
    } catch (IllegalArgumentException bad) {
      throw bad(String.valueOf(bad.getMessage()));
    }
  }

  private static SchedulerException bad(String problem) {
    return new SchedulerException.InvalidJob(List.of(problem));
  }
}
