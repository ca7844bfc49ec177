// SPDX-License-Identifier: Apache-2.0
package chat;

import dev.holdfast.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of {@code public/}, until the platform serves them. */
final class PublicFiles {
  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "chat.css", "text/css; charset=utf-8",
          "chat.js", "text/javascript; charset=utf-8",
          "icon.svg", "image/svg+xml");

  private PublicFiles() {}

  static @Nullable Response get(String path) {
    String name = path.equals("/") ? "index.html" : path.substring(1);
    String type = TYPES.get(name);
    try (InputStream in = PublicFiles.class.getResourceAsStream("/public/" + name)) {
      return type == null || in == null
          ? null
          : Response.bytes(in.readAllBytes()).withHeader("Content-Type", type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
