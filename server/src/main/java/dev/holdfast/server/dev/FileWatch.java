// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.server.app.BuildInputs;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that files have changed, by looking at them again and again. So it works alike on every
 * system and file system, where notifications are late or missing on some, and cannot miss what
 * changed between two of them. Looking takes at most a twentieth of a core. Not thread-safe.
 */
final class FileWatch {
  private static final Logger log = LoggerFactory.getLogger(FileWatch.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final int PAUSE_FOR_EACH_LOOK = 20;

  /** Files that change together, as a checkout changes them, are one change. */
  private static final Duration QUIET = Duration.ofMillis(50);

  /** A file that changes all the time, a log say, holds the others up no longer. */
  private static final int MOST_LOOKS = 20;

  private final Supplier<BuildInputs> files;
  private BuildInputs known;
  private Duration pause = SHORTEST_PAUSE;
  private String trouble = "";

  /** Watches files that are as they are now. */
  FileWatch(Supplier<BuildInputs> files) {
    this.files = files;
    this.known = files.get();
  }

  /**
   * Waits until files have changed, and are changing no more.
   *
   * @return the changed files; none if {@code stop} came
   */
  List<Path> awaitChanges(DevServer.Stop stop) throws InterruptedException {
    while (!stop.within(pause)) {
      BuildInputs now = look();
      if (!now.equals(known)) {
        BuildInputs before;
        int looks = 0;
        do {
          before = now;
          if (stop.within(QUIET)) {
            return List.of();
          }
          now = look();
          looks++;
        } while (!now.equals(before) && looks < MOST_LOOKS);
        List<Path> changes = now.changesSince(known);
        known = now;
        if (!changes.isEmpty()) {
          return changes;
        }
      }
    }
    return List.of();
  }

  private BuildInputs look() {
    long from = System.nanoTime();
    BuildInputs now = list();
    Duration took = Duration.ofNanos(System.nanoTime() - from).multipliedBy(PAUSE_FOR_EACH_LOOK);
    pause = took.compareTo(SHORTEST_PAUSE) > 0 ? took : SHORTEST_PAUSE;
    return now;
  }

  /**
   * Files that cannot be listed have not changed, as far as is known: the next look may succeed.
   */
  private BuildInputs list() {
    try {
      return files.get();
    } catch (UncheckedIOException e) {
      if (!String.valueOf(e.getCause()).equals(trouble)) {
        trouble = String.valueOf(e.getCause());
        log.warn("changes are not noticed: {}: {}", e.getMessage(), trouble);
      }
      return known;
    }
  }
}
