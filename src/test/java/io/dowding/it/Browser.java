package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A headless Chromium with one page, driven through its DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * For a browser that hangs: axe-core takes long over 1,000 jobs, and on a busy machine longer.
   */
  private static final Duration HANGS = Duration.ofMinutes(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, Integer> KEYS =
      Map.of(
          "Enter",
          13,
          "Escape",
          27,
          "End",
          35,
          "Home",
          36,
          "ArrowLeft",
          37,
          "ArrowUp",
          38,
          "ArrowRight",
          39,
          "ArrowDown",
          40,
          "Tab",
          9);

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private int number;

  /**
   * @param directory an empty one, for its profile
   */
  Browser(Path directory) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--force-color-profile=srgb",
                "--remote-debugging-port=0",
                "--user-data-dir=" + directory,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Path port = directory.resolve("DevToolsActivePort");
    await().atMost(PATIENCE).until(() -> Files.exists(port) && Files.size(port) > 0);
    String address = "127.0.0.1:" + Files.readAllLines(port).getFirst();
    await().atMost(PATIENCE).until(() -> !page(address).isEmpty());
    socket = client.newWebSocketBuilder().buildAsync(URI.create(page(address)), new Ears()).join();
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
    call("Log.enable", Map.of());
  }

  private String page(String address) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build();
    for (JsonNode target :
        JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body())) {
      if (target.path("type").asText().equals("page")) {
        return target.path("webSocketDebuggerUrl").asText();
      }
    }
    return "";
  }

  /** Collects answers, and what the page complains about. */
  private final class Ears implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        hear(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void hear(String message) {
    try {
      JsonNode heard = JSON.readTree(message);
      CompletableFuture<JsonNode> answer = answers.remove(heard.path("id").asInt());
      if (answer != null) {
        answer.complete(heard);
      }
      JsonNode entry = heard.path("params").path("entry");
      String said = entry.path("text").asText();
      // That a connection was lost is no fault of the page.
      if (entry.path("level").asText().equals("error") && !said.contains("net::ERR_")) {
        complaints.add(entry.path("source").asText() + ": " + said);
      }
      if (heard.path("method").asText().equals("Runtime.exceptionThrown")) {
        complaints.add(heard.path("params").path("exceptionDetails").toString());
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    ObjectNode request = JSON.createObjectNode().put("id", ++number).put("method", method);
    request.set("params", JSON.valueToTree(parameters));
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(number, answer);
    CompletableFuture<WebSocket> _ = socket.sendText(request.toString(), true);
    try {
      JsonNode answered = answer.get(HANGS.toSeconds(), TimeUnit.SECONDS);
      if (answered.has("error")) {
        throw new IllegalStateException(method + ": " + answered.path("error"));
      }
      return answered.path("result");
    } catch (InterruptedException | ExecutionException | TimeoutException failed) {
      throw new IllegalStateException(method, failed);
    }
  }

  /** Opens an address in the page, and waits until it is loaded. */
  void open(String url) {
    call("Page.navigate", Map.of("url", url));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                script("location.href != 'about:blank' && document.readyState")
                    .asText()
                    .equals("complete"));
  }

  /** The value of an expression; a promise's, once it has one. */
  JsonNode script(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** The text of the first element, as it is rendered; empty if there is none. */
  String text(String selector) {
    return script("document.querySelector(" + JSON.valueToTree(selector) + ")?.innerText ?? ''")
        .asText();
  }

  /** Presses and releases a key, such as {@code ArrowRight} or {@code /}. */
  void press(String key) {
    boolean prints = key.length() == 1;
    int code = prints ? Character.toUpperCase(key.charAt(0)) : KEYS.get(key);
    Map<String, Object> down =
        prints || key.equals("Enter")
            ? Map.of(
                "type",
                "keyDown",
                "key",
                key,
                "windowsVirtualKeyCode",
                code,
                "text",
                prints ? key : "\r")
            : Map.of("type", "rawKeyDown", "key", key, "windowsVirtualKeyCode", code);
    call("Input.dispatchKeyEvent", down);
    call(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
  }

  /** Chooses dark or light, and whether things may move. */
  void prefer(String scheme, boolean reducedMotion) {
    call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of(
                    "name",
                    "prefers-reduced-motion",
                    "value",
                    reducedMotion ? "reduce" : "no-preference"))));
  }

  void size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** What is visible, as PNG. */
  void picture(Path file) throws IOException {
    JsonNode taken = call("Page.captureScreenshot", Map.of("format", "png"));
    Files.write(file, Base64.getDecoder().decode(taken.path("data").asText()));
  }

  /** Errors that the page logged: exceptions, what its policy refused, and failed requests. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  Process process() {
    return process;
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
    process.destroy();
    process.onExit().join();
  }
}
