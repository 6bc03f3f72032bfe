package io.dowding.it;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy in front of an engine that answers some requests with lies. Each request gets its own
 * connection to the engine.
 */
final class LyingProxy implements AutoCloseable {

  private static final Pattern ID = Pattern.compile("\"Id\": ?\"([0-9a-f]{64})\"");
  private static final Pattern NAME = Pattern.compile("[?&]name=([^.&]+)");

  private final ServerSocket server;
  private final URI engine;
  private final String elsewhere;
  private volatile Lie lie;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Ask, Integer> liedAbout = new ConcurrentHashMap<>();

  /** The service of each container and exec, by id. */
  private final Map<String, String> services = new ConcurrentHashMap<>();

  private volatile BiPredicate<Ask, String> lies = (ask, about) -> false;
  private volatile int most;
  private volatile CountDownLatch honest = new CountDownLatch(0);

  /** A request; each byte of the body is one character. */
  private record Request(String method, String target, String head, String body) {
    /** The path and body, with ids replaced by the names of their services. */
    String about(Map<String, String> services) {
      String about = target + " " + body;
      for (Map.Entry<String, String> known : services.entrySet()) {
        about = about.replace(known.getKey(), known.getValue());
      }
      return about;
    }

    byte[] bytes() {
      return (head + body).getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * Creates a proxy that is honest at first.
   *
   * @param elsewhere the target of redirects
   */
  LyingProxy(String engine, String elsewhere, Lie lie) {
    this.engine = URI.create(engine);
    this.elsewhere = elsewhere;
    this.lie = lie;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::accept);
  }

  String docker() {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  Lie lie() {
    return lie;
  }

  /** Sets the kind of lie. */
  void tells(Lie another) {
    lie = another;
  }

  /**
   * Lies about the matching requests.
   *
   * @param times how often to lie about each kind of request; later ones get no answer
   * @param about matches a request and its path and body, in which the ids of containers are
   *     replaced by the names of their services
   */
  void lie(int times, BiPredicate<Ask, String> about) {
    liedAbout.clear();
    most = times;
    if (honest.getCount() == 0) {
      honest = new CountDownLatch(1);
    }
    lies = about;
  }

  /** Stops lying, and answers the pending requests. */
  void beHonest() {
    lies = (ask, about) -> false;
    honest.countDown();
  }

  /** The kinds of requests that it has lied about since {@link #lie(int, BiPredicate)}. */
  Set<Ask> liedAbout() {
    return Set.copyOf(liedAbout.keySet());
  }

  /** Closes all connections; new ones are accepted. */
  void cut() {
    open.forEach(LyingProxy::close);
    open.clear();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        // The loop checks whether the server is closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      Request request = read(client.getInputStream());
      if (request != null) {
        answer(request, client);
      }
    } catch (IOException | InterruptedException gone) {
      // One side closed the connection.
    } finally {
      open.remove(client);
    }
  }

  private void answer(Request request, Socket client) throws IOException, InterruptedException {
    Ask ask = Ask.of(request.method(), request.target());
    String about = request.about(services);
    OutputStream out = client.getOutputStream();
    boolean lies = this.lies.test(ask, about);
    int before = liedAbout.getOrDefault(ask, 0);
    if (lies) {
      liedAbout.merge(ask, 1, Integer::sum);
    }
    if (lies && (before >= most || lie == Lie.SILENCE)) {
      // Like a stopped process: pending requests are answered once it continues.
      honest.await();
      if (waits(client)) {
        tellTruth(ask, request, out);
      }
    } else if (lies) {
      boolean asks = lie.needsTruth() && !ask.isStream();
      byte[] truth = asks ? body(forwardAndLearn(request)) : new byte[0];
      lie.tell(ask, truth, "http://" + elsewhere + request.target(), out);
    } else {
      tellTruth(ask, request, out);
    }
  }

  /** Whether the client is still connected. */
  private static boolean waits(Socket client) throws IOException {
    client.setSoTimeout(1);
    try {
      return client.getInputStream().read() >= 0;
    } catch (SocketTimeoutException still) {
      return true;
    }
  }

  private void tellTruth(Ask ask, Request request, OutputStream out) throws IOException {
    if (ask == Ask.CREATE || ask == Ask.EXEC_MAKE) {
      out.write(forwardAndLearn(request));
      return;
    }
    try (Socket upstream = forward(request)) {
      upstream.getInputStream().transferTo(out);
    }
  }

  /** Forwards the request, and records the id in the answer. */
  private byte[] forwardAndLearn(Request request) throws IOException {
    try (Socket upstream = forward(request)) {
      byte[] whole = upstream.getInputStream().readAllBytes();
      learn(request, new String(whole, StandardCharsets.UTF_8));
      return whole;
    }
  }

  private Socket forward(Request request) throws IOException {
    Socket upstream = new Socket(engine.getHost(), engine.getPort());
    open.add(upstream);
    upstream.getOutputStream().write(request.bytes());
    return upstream;
  }

  /** Records the service of a new id. */
  private void learn(Request request, String answer) {
    Matcher id = ID.matcher(answer);
    if (id.find()) {
      Matcher name = NAME.matcher(request.target());
      String[] parts = request.target().split("/", -1);
      String service = name.find() ? name.group(1) : services.get(parts[parts.length - 2]);
      if (service != null) {
        services.put(id.group(1), service);
      }
    }
  }

  private static Request read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int read = in.read();
      if (read < 0) {
        return null;
      }
      head.write(read);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    Matcher length = Pattern.compile("(?i)\r\ncontent-length: ?(\\d+)").matcher(text);
    byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
    String[] first = text.substring(0, text.indexOf('\r')).split(" ", -1);
    // Makes the engine close the connection after its answer.
    String last = text.replaceAll("(?i)\r\nconnection: [^\r]*", "");
    String closing = last.substring(0, last.length() - 2) + "Connection: close\r\n\r\n";
    return new Request(first[0], first[1], closing, new String(body, StandardCharsets.ISO_8859_1));
  }

  /** The body without headers and chunk sizes. */
  private static byte[] body(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String head = text.substring(0, end);
    String body = text.substring(end + 4);
    if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      StringBuilder whole = new StringBuilder();
      for (int at = 0; ; ) {
        int line = body.indexOf("\r\n", at);
        int size = Integer.parseInt(body.substring(at, line), 16);
        if (size == 0) {
          break;
        }
        whole.append(body, line + 2, line + 2 + size);
        at = line + 2 + size + 2;
      }
      body = whole.toString();
    }
    return body.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException alreadyClosed) {
      // Nothing to do.
    }
  }

  @Override
  public void close() {
    beHonest();
    close(server);
    cut();
  }
}
