// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Compiling the sources of an app without Maven, which is known to give what Maven gave.
 *
 * @param sources the app's own
 * @param from what Maven has built
 */
record Shortcut(JavaSources sources, BuildInputs from) {
  /** What Maven may put something in the place of, if the app's pom.xml says so. */
  private static final Pattern FILTERED = Pattern.compile("\\$\\{|@[\\w.-]+@");

  /** Whether nothing else has changed since that Maven would treat in a way of its own. */
  boolean leadsTo(BuildInputs inputs) {
    return inputs.changesSince(from).stream()
        .allMatch(file -> sources.contain(file) && (JavaSources.isSource(file) || isCopied(file)));
  }

  private static boolean isCopied(Path file) {
    try {
      // Any bytes are text in this encoding.
      return !Files.exists(file)
          || !FILTERED.matcher(Files.readString(file, StandardCharsets.ISO_8859_1)).find();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
