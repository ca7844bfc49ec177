// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import java.util.ArrayList;
import java.util.List;

/**
 * The bodies that an event reads or sends, and that end with it: so none is left behind with its
 * other end waiting for ever. Thread-safe, since others may end an event.
 */
final class HeldBodies {
  private static final int FIRST_PRUNE = 16;

  // Guarded by this.
  private final List<StreamedBody> bodies = new ArrayList<>(2);
  private int pruneAt = FIRST_PRUNE;

  synchronized void add(StreamedBody body) {
    if (bodies.contains(body)) {
      return;
    }
    if (bodies.size() >= pruneAt) {
      bodies.removeIf(StreamedBody::over);
      pruneAt = Math.max(FIRST_PRUNE, 2 * bodies.size());
    }
    bodies.add(body);
  }

  void close(String why) {
    List<StreamedBody> closing;
    synchronized (this) {
      closing = List.copyOf(bodies);
      bodies.clear();
    }
    closing.forEach(body -> body.close(why));
  }
}
