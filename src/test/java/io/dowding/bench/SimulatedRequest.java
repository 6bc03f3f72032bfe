package io.dowding.bench;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A request to a simulated engine.
 *
 * @param path without the API version and without the query, in parts
 */
record SimulatedRequest(String method, List<String> path, String query, String body) {

  private static final String LENGTH = "content-length:";

  /** The next one, or null if the client has closed the connection. */
  static SimulatedRequest read(InputStream in) throws IOException {
    String first = line(in);
    if (first == null) {
      return null;
    }
    int length = 0;
    boolean chunked = false;
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith(LENGTH)) {
        length = Integer.parseInt(lower.substring(LENGTH.length()).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    byte[] bytes = chunked ? chunks(in) : in.readNBytes(length);
    String body = new String(bytes, StandardCharsets.UTF_8);
    String[] words = first.split(" ", 3);
    String target = words[1].replaceFirst("^/v[0-9.]+/", "/");
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    List<String> parts = List.of(path.substring(1).split("/", -1));
    String query = mark < 0 ? "" : target.substring(mark + 1);
    return new SimulatedRequest(words[0], parts, query, body);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (size == null) {
        throw new EOFException();
      }
      int length = Integer.parseInt(size.strip(), 16);
      all.write(in.readNBytes(length));
      line(in);
      if (length == 0) {
        return all.toByteArray();
      }
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Whether the path has this many parts and begins with this one. */
  boolean is(String method, String first) {
    return this.method.equals(method) && path.getFirst().equals(first);
  }

  /** The n-th part of the path; empty if it is shorter. */
  String part(int n) {
    return n < path.size() ? URLDecoder.decode(path.get(n), StandardCharsets.UTF_8) : "";
  }

  /** A parameter of the query; empty if there is none. */
  String query(String name) {
    for (String one : query.split("&", -1)) {
      if (one.startsWith(name + "=")) {
        return URLDecoder.decode(one.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }
}
