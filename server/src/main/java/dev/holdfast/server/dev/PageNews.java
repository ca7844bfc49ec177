// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import dev.holdfast.EventStream;
import dev.holdfast.ServerSentEvent;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

  /** Stands for the end of the news. */
  private static final ServerSentEvent END = ServerSentEvent.of("end");

  // Guarded by this.
  private final Set<BlockingQueue<ServerSentEvent>> readers = new LinkedHashSet<>();
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
    tell(event("files", String.join("\n", paths)).withId(String.valueOf(changes)));
  }

  /** Nothing follows. */
  synchronized void end() {
    ended = true;
    tell(END);
  }

  private void tell(ServerSentEvent event) {
    readers.forEach(reader -> reader.add(event));
  }

  /** Sends what there is to tell, until the end or until the reader is gone. */
  void sendTo(EventStream stream) throws IOException {
    BlockingQueue<ServerSentEvent> reader = new LinkedBlockingQueue<>();
    begin(reader);
    try {
      @Nullable ServerSentEvent next = reader.take();
      while (next != END) {
        if (next == null) {
          stream.keepAlive();
        } else {
          stream.send(next);
        }
        next = reader.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        readers.remove(reader);
      }
    }
  }

  private synchronized void begin(BlockingQueue<ServerSentEvent> reader) {
    String trouble = problem;
    reader.add(event("hello", String.valueOf(changes)));
    reader.add(trouble == null ? event("fine", "") : event("problem", trouble));
    if (ended) {
      reader.add(END);
    }
    readers.add(reader);
  }

  private static ServerSentEvent event(String type, String data) {
    return ServerSentEvent.of(data).withType(type);
  }
}
