package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.nio.file.Path;

/** The volumes and paths that services use, so that no two of them become the same volume. */
final class VolumeClaims {

  private VolumeClaims() {}

  /**
   * Claims the names for the volumes and paths of a service, which may be invalid.
   *
   * @throws FileProblem if two would be the same volume, or one is malformed
   */
  static void claim(ProjectContext context, Mapping service) {
    if (service.get("volumes") instanceof Items all) {
      for (Yaml item : all.items()) {
        switch (item) {
          case Mapping long_ ->
              claim(
                  context,
                  item.at(),
                  ServiceWriter.text(long_, "source"),
                  ServiceWriter.text(long_, "type"));
          case Scalar text -> {
            String[] parts = VolumeWriter.split(item.at(), text.text());
            String source = parts.length > 1 ? parts[0] : "";
            claim(context, item.at(), source, VolumeWriter.isPath(source) ? "bind" : "volume");
          }
          case Items _ -> {}
        }
      }
    }
  }

  private static void claim(ProjectContext context, Position at, String source, String type) {
    if (type.equals("volume") && context.resource("volumes", source) != null) {
      context.paths().declareVolume(context.ownName("volumes", source), source, at);
    } else if (type.equals("bind") && !VolumeWriter.isBelowProject(context, source)) {
      Path path;
      try {
        path = VolumeWriter.local(context, at, source).orElse(null);
      } catch (FileProblem invalid) {
        // It is reported when the service is written.
        return;
      }
      if (path != null) {
        context.paths().claim(path, at);
      }
    }
  }
}
