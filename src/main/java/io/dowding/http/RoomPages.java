package io.dowding.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths below {@code /room/}: the page and its files, the feed, and the history. */
final class RoomPages implements HttpHandler {

  static final String PATH = "/room/";

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final String TEXT = "text/plain; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "style.css", "text/css; charset=utf-8",
          "room.js", "text/javascript; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
              + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cache-Control",
          "no-store");

  private static final String FEED = "feed";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final OpsRoom room;
  private final RoomAccess access;
  private final Deadlines deadlines;
  private final Map<String, byte[]> files = new HashMap<>();

  /** Each reads up to a hundred megabytes. */
  private final Semaphore readers = new Semaphore(1);

  RoomPages(OpsRoom room, RoomAccess access, Deadlines deadlines) throws IOException {
    this.room = room;
    this.access = access;
    this.deadlines = deadlines;
    for (String name : TYPES.keySet()) {
      try (InputStream file = RoomPages.class.getResourceAsStream("room/" + name)) {
        files.put(name, Objects.requireNonNull(file, name).readAllBytes());
      }
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Optional<String> page;
      try (Deadlines.Deadline _ = deadlines.begin(AgentHttp.LONGEST_ANSWER)) {
        page = admit(exchange);
        if (page.isPresent() && !page.get().equals(FEED)) {
          answer(exchange, page.get());
        }
      }
      if (page.isPresent() && page.get().equals(FEED)) {
        feed(exchange);
      }
    }
  }

  /** The name of the page if the viewer may see it; otherwise says why not. */
  private Optional<String> admit(HttpExchange exchange) throws IOException {
    HEADERS.forEach(exchange.getResponseHeaders()::set);
    if (!AgentHttp.METHODS.contains(exchange.getRequestMethod())) {
      say(exchange, 405, AgentHttp.ONLY_READS);
      return Optional.empty();
    }
    switch (access.check(asked(exchange))) {
      case RoomAccess.Verdict.Allowed _ -> {
        return Optional.of(exchange.getRequestURI().getPath().substring(PATH.length()));
      }
      case RoomAccess.Verdict.Entered(String cookie) -> {
        exchange.getResponseHeaders().set("Set-Cookie", cookie);
        exchange.getResponseHeaders().set("Location", PATH);
        say(exchange, 303, "");
      }
      case RoomAccess.Verdict.Refused(int status, String why) -> {
        if (status == 401) {
          exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        say(exchange, status, why);
      }
    }
    return Optional.empty();
  }

  private static RoomAccess.Asked asked(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    return new RoomAccess.Asked(
        headers.getFirst("Host"),
        exchange.getRequestURI().getRawQuery(),
        headers.getFirst("Authorization"),
        headers.getFirst("Cookie"),
        headers.getFirst("Sec-Fetch-Site"),
        headers.getFirst("Sec-Fetch-Mode"));
  }

  private void answer(HttpExchange exchange, String page) throws IOException {
    String name = page.isEmpty() ? "index.html" : page;
    byte[] file = files.get(name);
    if (file != null) {
      send(exchange, 200, Objects.requireNonNull(TYPES.get(name)), file);
    } else if (name.equals("history")) {
      history(exchange);
    } else {
      say(exchange, 404, "there is no such page; the ops room is at " + PATH + "\n");
    }
  }

  private void feed(HttpExchange exchange) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      say(exchange, 200, "");
      return;
    }
    if (!room.enter()) {
      say(exchange, 503, "There are " + OpsRoom.MOST_VIEWERS + " viewers already: try later.\n");
      return;
    }
    try {
      String lastId = exchange.getRequestHeaders().getFirst("Last-Event-ID");
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      Writer out =
          new BufferedWriter(
              new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8));
      RoomAccess.Asked asked = asked(exchange);
      // The token may change while it lasts.
      room.stream(
          out, lastId, deadlines, () -> access.check(asked) instanceof RoomAccess.Verdict.Allowed);
    } catch (InterruptedException slow) {
      log.debug("a viewer of the ops room was too slow, or the agent stops");
    } finally {
      room.leave(deadlines);
    }
  }

  private void history(HttpExchange exchange) throws IOException {
    try {
      readers.acquire();
    } catch (InterruptedException late) {
      throw new InterruptedIOException("others read the audit log for too long");
    }
    try {
      List<ObjectNode> events;
      try {
        events = room.history();
      } catch (ClosedByInterruptException late) {
        throw late;
      } catch (IOException unreadable) {
        log.warn("the audit log cannot be read reason=\"{}\"", unreadable.toString());
        say(exchange, 500, "the audit log cannot be read: see the log of the agent\n");
        return;
      }
      byte[] json = JSON.writeValueAsBytes(Map.of("events", events));
      send(exchange, 200, "application/json", json);
    } finally {
      readers.release();
    }
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    send(exchange, status, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    boolean isEmpty = exchange.getRequestMethod().equals("HEAD") || body.length == 0;
    exchange.sendResponseHeaders(status, isEmpty ? -1 : body.length);
    if (!isEmpty) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }
}
