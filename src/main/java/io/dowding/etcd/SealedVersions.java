package io.dowding.etcd;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dowding.keys.Key;
import io.dowding.model.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts the contents of secrets in a value below {@code versions/}. The rest of its
 * text stays exactly as it is, because definitions are kept as written. For one value; not
 * thread-safe.
 */
final class SealedVersions {

  private static final JsonFactory JSON = new JsonFactory();

  /** Where contents are, as in {@link Json}. */
  private static final Set<String> PATHS = Set.of("/contents/", "/good/contents/");

  private final String place;
  private final Keyring keyring;
  private final Set<String> keys = new TreeSet<>();
  private @Nullable String problem;

  /** A text in the JSON, with its quotes. */
  private record Piece(int from, int to, String name, String text) {}

  /**
   * @param place the key, such as {@code versions/web}
   */
  SealedVersions(String place, Keyring keyring) {
    this.place = place;
    this.keyring = keyring;
  }

  /** What was found by {@link #opened}. */
  Sealing sealing() {
    boolean isCurrent = problem == null && Set.of(keyring.first()).containsAll(keys);
    return new Sealing(Set.copyOf(keys), isCurrent, problem);
  }

  /**
   * @throws IOException if it is not JSON
   */
  String sealed(String json) throws IOException {
    return replaced(
        json,
        pieces(json),
        (name, text) ->
            Keyring.isSealed(text)
                ? text
                : keyring.seal(at(name), Base64.getDecoder().decode(text)));
  }

  /** What is not JSON stays as it is. */
  String opened(String json) {
    try {
      return replaced(json, pieces(json), this::opened);
    } catch (IOException notJson) {
      return json;
    }
  }

  private String opened(String name, String text) {
    if (!Keyring.isSealed(text)) {
      keys.add(Sealing.PLAIN);
      return text;
    }
    Keyring.Opened opened = keyring.open(at(name), text);
    keys.add(opened.key());
    Content plain = opened.plain();
    if (plain == null) {
      problem = problem == null ? opened.problem() : problem;
      return text;
    }
    return Base64.getEncoder().encodeToString(plain.bytes());
  }

  private String at(String name) {
    return place + '#' + name;
  }

  /**
   * @param change receives the name and the text of each; neither text has characters to escape
   */
  private static String replaced(
      String json, List<Piece> pieces, BiFunction<String, String, String> change) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (Piece piece : pieces) {
      text.append(json, from, piece.from()).append('"');
      text.append(change.apply(piece.name(), piece.text())).append('"');
      from = piece.to();
    }
    return text.append(json, from, json.length()).toString();
  }

  /** The contents of secrets. */
  private static List<Piece> pieces(String json) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json.toCharArray())) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.VALUE_STRING && isSecret(parser)) {
          int from = (int) parser.currentTokenLocation().getCharOffset();
          String text = parser.getText();
          int to = (int) parser.currentLocation().getCharOffset();
          pieces.add(new Piece(from, to, parser.currentName(), text));
        }
      }
      return pieces;
    }
  }

  private static boolean isSecret(JsonParser parser) throws IOException {
    String name = parser.currentName();
    if (name == null || !name.startsWith(Key.SECRETS)) {
      return false;
    }
    String path = parser.getParsingContext().pathAsPointer().toString();
    // In a pointer, a / within a name is written ~1.
    return PATHS.contains(path.substring(0, path.lastIndexOf('/') + 1));
  }
}
