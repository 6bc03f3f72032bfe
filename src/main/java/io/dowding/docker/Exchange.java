package io.dowding.docker;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/**
 * An answer that has begun. Closing it early drops its connection, so that nothing more is read.
 */
final class Exchange implements AutoCloseable {

  private static final int LONGEST_ERROR = 64 << 10;

  private final String path;
  private final HttpUriRequestBase request;
  private final ClassicHttpResponse response;
  private boolean ended;
  private byte @Nullable [] beginning;

  Exchange(String path, HttpUriRequestBase request, ClassicHttpResponse response) {
    this.path = path;
    this.request = request;
    this.response = response;
    this.ended = response.getEntity() == null;
  }

  int status() {
    return response.getCode();
  }

  /**
   * @throws MalformedAnswer if its content type is not JSON, for example a login page or a proxy's
   *     error
   */
  void mustBeJson() {
    Header type = response.getFirstHeader("Content-Type");
    String given = type == null ? "" : String.valueOf(type.getValue());
    if (!given.startsWith("application/json")) {
      throw new MalformedAnswer(
          "the answer to "
              + plainPath()
              + " is "
              + (given.isEmpty() ? "of no type" : given)
              + ", not JSON: is there something other than a Docker Engine?");
    }
    Header encoding = response.getFirstHeader("Content-Encoding");
    if (encoding != null) {
      throw new MalformedAnswer(
          "the answer to " + plainPath() + " is compressed, which was not requested");
    }
  }

  private String plainPath() {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  /**
   * The body. Reading more than this many bytes throws {@link MalformedAnswer}; closing it does
   * nothing.
   */
  InputStream body(long most) throws IOException {
    InputStream content = response.getEntity() == null ? null : response.getEntity().getContent();
    return new Body(content == null ? InputStream.nullInputStream() : content, most);
  }

  /** The part of an error that is worth reading. */
  byte[] beginning() throws IOException {
    byte[] read = beginning;
    if (read == null) {
      read = body(Long.MAX_VALUE).readNBytes(LONGEST_ERROR);
      beginning = read;
    }
    return read;
  }

  @Override
  public void close() {
    if (!ended) {
      request.abort();
    }
    try {
      response.close();
    } catch (IOException alreadyBroken) {
      // It is not needed any more.
    }
  }

  private final class Body extends InputStream {
    private final InputStream content;
    private final long most;
    private long left;

    Body(InputStream content, long most) {
      this.content = content;
      this.most = most;
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = content.read(buffer, offset, length);
      if (read < 0) {
        ended = true;
        return read;
      }
      left -= read;
      if (left < 0) {
        throw new MalformedAnswer.TooLong(
            "the answer to " + plainPath() + " is longer than " + most / 1024 + " KiB");
      }
      return read;
    }
  }
}
