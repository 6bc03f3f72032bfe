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
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands before an engine and answers some requests itself, falsely. Each request has a connection
 * of its own behind it.
 */
final class LyingProxy implements AutoCloseable {

  private static final Pattern ID = Pattern.compile("\"Id\": ?\"([0-9a-f]{64})\"");
  private static final Pattern NAME = Pattern.compile("[?&]name=([^.&]+)");

  private final ServerSocket server;
  private final URI engine;
  private final String elsewhere;
  private volatile Lie lie;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Ask, Integer> told = new ConcurrentHashMap<>();

  /** The services of containers, and of what runs in them, by id. */
  private final Map<String, String> services = new ConcurrentHashMap<>();

  private volatile BiPredicate<Ask, String> lies = (ask, about) -> false;
  private volatile int most;
  private volatile boolean honest = true;

  /** A request; the body as text, one character a byte. */
  private record Request(String method, String target, String head, String body) {
    /** What it is about: with the services for the ids in it. */
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
   * @param elsewhere where redirects lead
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

  /** From now on its lies are of this kind. */
  void tells(Lie another) {
    lie = another;
  }

  /**
   * From now on it lies when asked for this.
   *
   * @param times how often about each kind of request; what is asked after that has no answer
   * @param about takes the request and what it is about: its path and body, with the names of
   *     services for the ids of their containers
   */
  void lie(int times, BiPredicate<Ask, String> about) {
    told.clear();
    most = times;
    honest = false;
    lies = about;
  }

  /** From now on it tells the truth; who still waits for an answer has it. */
  void beHonest() {
    lies = (ask, about) -> false;
    honest = true;
  }

  /** What it has lied about since it was told to. */
  Set<Ask> told() {
    return Set.copyOf(told.keySet());
  }

  /** Ends all connections; new ones are taken. */
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
        // Seen above.
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
      // One of the two sides has had enough.
    } finally {
      open.remove(client);
    }
  }

  private void answer(Request request, Socket client) throws IOException, InterruptedException {
    Ask ask = Ask.of(request.method(), request.target());
    String about = request.about(services);
    OutputStream out = client.getOutputStream();
    boolean lies = this.lies.test(ask, about);
    int before = told.getOrDefault(ask, 0);
    if (lies) {
      told.merge(ask, 1, Integer::sum);
    }
    if (lies && (before >= most || lie == Lie.SILENCE)) {
      // As an engine that was stopped: what is still waited for is done when it goes on.
      while (!honest) {
        Thread.sleep(50);
      }
      if (waits(client)) {
        tellTruth(ask, request, out);
      }
    } else if (lies) {
      boolean asks = lie.needsTruth() && !ask.isStream();
      byte[] truth = asks ? body(learned(request)) : new byte[0];
      lie.tell(ask, truth, "http://" + elsewhere + request.target(), out);
    } else {
      tellTruth(ask, request, out);
    }
  }

  /** Whether a client has not hung up. */
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
      out.write(learned(request));
      return;
    }
    try (Socket upstream = asked(request)) {
      upstream.getInputStream().transferTo(out);
    }
  }

  /** The engine's answer, from which it is learned whose the ids are. */
  private byte[] learned(Request request) throws IOException {
    try (Socket upstream = asked(request)) {
      byte[] whole = upstream.getInputStream().readAllBytes();
      learn(request, new String(whole, StandardCharsets.UTF_8));
      return whole;
    }
  }

  private Socket asked(Request request) throws IOException {
    Socket upstream = new Socket(engine.getHost(), engine.getPort());
    open.add(upstream);
    upstream.getOutputStream().write(request.bytes());
    return upstream;
  }

  /** Whose the id is that the engine just gave. */
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
    // The engine is to close its side after its answer.
    String last = text.replaceAll("(?i)\r\nconnection: [^\r]*", "");
    String closing = last.substring(0, last.length() - 2) + "Connection: close\r\n\r\n";
    return new Request(first[0], first[1], closing, new String(body, StandardCharsets.ISO_8859_1));
  }

  /** Without the head; and without the chunks, of which a short answer has one. */
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
      // That is what was wanted.
    }
  }

  @Override
  public void close() {
    beHonest();
    close(server);
    cut();
  }
}
