// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files the process may have open, and what of that is for databases. */
final class Descriptors {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+) .*");

  /** Where nothing tells. */
  private static final int UNKNOWN = 4_096;

  /** A database has three files open; the rest of eight is for sockets and the store. */
  private static final int SHARE = 8;

  private static final int LEAST = 100;
  private static final int MOST = 4_000;

  private Descriptors() {}

  /** How many databases may be open at once, if nobody says otherwise. */
  static int databases() {
    try {
      return databases(Files.readAllLines(LIMITS));
    } catch (IOException e) {
      return databases(List.of());
    }
  }

  /**
   * The same for limits as Linux tells them; the virtual machine has raised the first of them,
   * which counts, as far as it may.
   */
  static int databases(List<String> limits) {
    long files =
        limits.stream()
            .map(OPEN_FILES::matcher)
            .filter(Matcher::matches)
            .mapToLong(line -> Long.parseLong(line.group(1)))
            .findFirst()
            .orElse(UNKNOWN);
    return Math.clamp(files / SHARE, LEAST, MOST);
  }
}
