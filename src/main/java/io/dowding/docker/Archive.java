package io.dowding.docker;

import io.dowding.model.ContainerFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Packs files for an engine. */
final class Archive {

  private Archive() {}

  /** A tar with paths from the root. The engine creates missing directories. */
  static InputStream of(List<ContainerFile> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (ContainerFile file : files) {
        byte[] content = Objects.requireNonNull(file.content()).bytes();
        TarArchiveEntry entry = new TarArchiveEntry(file.target().substring(1));
        entry.setSize(content.length);
        entry.setMode(file.mode());
        entry.setIds(file.uid(), file.gid());
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }
}
