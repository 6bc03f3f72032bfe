import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * {@code Settle.java ONE OTHER}: two caches that were made in the same way differ in nothing but
 * the milliseconds, since the machine's start, that soft references keep. Zeroes these in ONE, and
 * brings its checksums up to date. If anything else differs, fails.
 */
class Settle {

  /** In the file's header: its checksum, where the bytes that it covers begin, and its size. */
  private static final int SUM = 4;

  private static final int COVERED = 16;
  private static final int SIZE = 12;

  /** The header has an entry for each part: its checksum, its place in the file, its length. */
  private static final int FIRST_PART = 0x18;

  private static final int ENTRY = 0x60;
  private static final int PARTS = 5;
  private static final int PLACE = 0x18;
  private static final int LENGTH = 0x28;

  /** The part with objects. */
  private static final int HEAP = 3;

  private static final long HOUR = 3_600_000;

  static void main(String[] files) throws IOException {
    ByteBuffer one = read(files[0]);
    ByteBuffer other = read(files[1]);
    if (one.capacity() != other.capacity()) {
      throw new IllegalStateException("the caches differ in their size");
    }
    checksums(
        one,
        (at, sum) -> {
          if (one.getInt(at) != sum) {
            throw new IllegalStateException("the checksum at %x is not known".formatted(at));
          }
        });
    int heap = Math.toIntExact(one.getLong(FIRST_PART + HEAP * ENTRY + PLACE));
    int end = heap + Math.toIntExact(one.getLong(FIRST_PART + HEAP * ENTRY + LENGTH));
    for (int at = one.getInt(SIZE) & ~7; at + 8 <= one.capacity(); at += 8) {
      if (one.getLong(at) != other.getLong(at)) {
        if (at < heap || at >= end || !isRecent(one.getLong(at)) || !isRecent(other.getLong(at))) {
          throw new IllegalStateException("the caches differ at %x; build again".formatted(at));
        }
        one.putLong(at, 0);
      }
    }
    checksums(one, one::putInt);
    Files.write(Path.of(files[0]), one.array());
  }

  /** Whether it may be a time of the last hour, by the clock that the JVM uses. */
  private static boolean isRecent(long millis) {
    long now = System.nanoTime() / 1_000_000;
    return millis > now - HOUR && millis <= now;
  }

  private interface Sums {
    void at(int place, int sum);
  }

  /** The header's own checksum comes last: it covers the others. */
  private static void checksums(ByteBuffer cache, Sums sums) {
    for (int part = 0; part < PARTS; part++) {
      int entry = FIRST_PART + part * ENTRY;
      int length = Math.toIntExact(cache.getLong(entry + LENGTH));
      if (length > 0) {
        sums.at(entry, sum(cache, Math.toIntExact(cache.getLong(entry + PLACE)), length));
      }
    }
    sums.at(SUM, sum(cache, COVERED, cache.getInt(SIZE) - COVERED));
  }

  private static int sum(ByteBuffer cache, int from, int length) {
    CRC32 crc = new CRC32();
    crc.update(cache.array(), from, length);
    return (int) crc.getValue();
  }

  private static ByteBuffer read(String file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(Path.of(file))).order(ByteOrder.nativeOrder());
  }
}
