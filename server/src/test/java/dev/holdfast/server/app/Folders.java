// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes apps for tests. */
public final class Folders {
  private Folders() {}

  /** Writes a file, and the folders above it. */
  public static Path write(Path folder, String path, String content) {
    Path file = folder.resolve(path);
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tally as an app with {@code src/} alone. */
  public static Path tally(Path folder) {
    write(
        folder,
        "holdfast.toml",
        """
        name = "tally"
        worker = "tally.TallyWorker"

        [[object]]
        namespace = "Tally"
        class = "tally.TallyObject"
        """);
    write(
        folder,
        "src/tally/Tally.java",
        """
        package tally;

        interface Tally {
          long add(long by);
        }
        """);
    write(
        folder,
        "src/tally/TallyObject.java",
        """
        package tally;

        import dev.holdfast.*;

        class TallyObject extends DurableObject implements Tally {
          TallyObject(ObjectContext ctx) {
            super(ctx);
          }

          public long add(long by) {
            long sum = storage().get("sum", Long.class).orElse(0L) + by;
            storage().put("sum", sum);
            return sum;
          }
        }
        """);
    write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        import dev.holdfast.*;

        class TallyWorker implements Worker {
          private final ObjectNamespace<Tally> tallies;

          TallyWorker(Env env) {
            tallies = env.objects(Tally.class);
          }

          public Response fetch(Request request) {
            return Response.text(tallies.getByName(request.url().segment(0)).add(1));
          }
        }
        """);
    return folder;
  }
}
