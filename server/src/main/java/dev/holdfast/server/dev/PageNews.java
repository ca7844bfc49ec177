// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What open pages are told, as server-sent events: {@code hello} with the number of changes so far,
 * then {@code problem} with why the code cannot be put in place, {@code fine} when it is, and
 * {@code files} with the paths that are served anew and the number of that change as its id.
 * Thread-safe.
 */
final class PageNews {
  /** After so long without news a page that is gone is noticed. */
  private static final long HEARTBEAT_SECONDS = 15;

  private static final String END = "";

  // Guarded by this.
  private final Set<BlockingQueue<String>> readers = new LinkedHashSet<>();
  private long changes;
  private @Nullable String problem;
  private boolean ended;

  /** The code cannot be put in place. */
  synchronized void problem(String text) {
    problem = text;
    tell(event("problem", text));
  }

  /** The code is in place. */
  synchronized void fine() {
    problem = null;
    tell(event("fine", ""));
  }

  /** Files that pages show have changed. */
  synchronized void files(List<String> paths) {
    changes++;
    tell("id: " + changes + "\n" + event("files", String.join("\n", paths)));
  }

  /** Nothing follows. */
  synchronized void end() {
    ended = true;
    tell(END);
  }

  private void tell(String event) {
    readers.forEach(reader -> reader.add(event));
  }

  /** Writes what there is to tell, until the end or until the reader is gone. */
  void writeTo(OutputStream out) throws IOException {
    BlockingQueue<String> reader = new LinkedBlockingQueue<>();
    begin(reader);
    try {
      String next = reader.take();
      while (!next.equals(END)) {
        out.write(next.getBytes(StandardCharsets.UTF_8));
        out.flush();
        String news = reader.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        next = news == null ? ":\n\n" : news;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        readers.remove(reader);
      }
    }
  }

  private synchronized void begin(BlockingQueue<String> reader) {
    String trouble = problem;
    reader.add(event("hello", String.valueOf(changes)));
    reader.add(trouble == null ? event("fine", "") : event("problem", trouble));
    if (ended) {
      reader.add(END);
    }
    readers.add(reader);
  }

  private static String event(String type, String data) {
    return data.lines()
        .map(line -> "data: " + line + "\n")
        .collect(
            Collectors.joining("", "event: " + type + "\n", data.isEmpty() ? "data:\n\n" : "\n"));
  }
}
