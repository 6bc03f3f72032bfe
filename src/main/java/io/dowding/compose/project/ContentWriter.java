package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes a service's configs and secrets; their content goes into keys of the project. */
final class ContentWriter {

  private final ProjectContext context;
  private final SortedMap<String, Content> contents;
  private final List<String> keys;

  ContentWriter(ProjectContext context, SortedMap<String, Content> contents, List<String> keys) {
    this.context = context;
    this.contents = contents;
    this.keys = keys;
  }

  void write(Mapping service, ObjectNode json) {
    for (String kind : List.of("configs", "secrets")) {
      if (service.get(kind) instanceof Items all) {
        ArrayNode written = json.putArray(kind);
        all.items().forEach(item -> written.add(one(kind, item, json)));
      }
    }
  }

  private ObjectNode one(String kind, Yaml item, ObjectNode json) {
    ObjectNode written = json.objectNode();
    String name;
    if (item instanceof Mapping long_) {
      written.setAll((ObjectNode) long_.json());
      name = ServiceWriter.text(long_, "source");
    } else {
      name = item.json().asText();
    }
    if (!written.hasNonNull("target")) {
      written.put("target", kind.equals("configs") ? "/" + name : name);
    }
    if (!(context.resource(kind, name) instanceof Mapping said)) {
      throw new FileProblem(
          item.at(), "there is no " + name + " below the file's " + kind + ":; add it");
    }
    String own = context.ownName(kind, name);
    written.put("source", own);
    if (!ProjectContext.isExternal(said)) {
      String key = kind + "/" + own;
      Content content = content(kind + "." + name, said);
      keys.add(key);
      Content other = contents.put(key, content);
      if (other != null && !other.equals(content)) {
        throw new FileProblem(
            said.at(), key + " would hold two different contents; rename one of them");
      }
    }
    return written;
  }

  private Content content(String what, Mapping said) {
    if (said.get("content") != null) {
      return text(ServiceWriter.text(said, "content"));
    }
    if (said.get("environment") instanceof Scalar variable) {
      @Nullable String value = context.variable(variable.text(), variable.at());
      return value == null
          ? missing(said, what + ": the variable " + variable.text() + " is not set; set it")
          : text(value);
    }
    Path file = said.at().source().resolve(ServiceWriter.text(said, "file"));
    if (context.files().kind(file) == ProjectFiles.Kind.NONE) {
      return missing(said, what + ": there is no regular file " + file + "; create it");
    }
    try {
      return context.files().content(file, context.directory());
    } catch (IOException unreadable) {
      throw new FileProblem(
          said.at(), what + ": " + file + " cannot be read: " + unreadable.getMessage());
    }
  }

  private Content missing(Mapping said, String what) {
    context.missing().add(said.at() + ": " + what);
    return text("");
  }

  private static Content text(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
