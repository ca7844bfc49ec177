// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.store.View;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The databases of past moments that a turn looks at. Object thread only, but for {@link
 * #interrupt}.
 */
final class PastDatabases {
  /** How many copies a turn keeps for more statements; each takes three files. */
  private static final int COPIES = 4;

  private final Map<View, PastDatabase> all = new ConcurrentHashMap<>();

  /** That of a view, made if it is not there. */
  PastDatabase get(View view, Function<View, PastDatabase> made) {
    return all.computeIfAbsent(view, made);
  }

  boolean anyIsOpen() {
    return all.values().stream().anyMatch(PastDatabase::isOpen);
  }

  /** One more copy is to be made: those that are too many, and not being read, go. */
  void makeRoom() {
    long copies = all.values().stream().filter(PastDatabase::isOpen).count();
    for (PastDatabase past : all.values()) {
      if (copies >= COPIES && past.isIdle()) {
        past.close();
        copies--;
      }
    }
  }

  /** See {@link PastDatabase#interrupt}. Any thread. */
  void interrupt() {
    all.values().forEach(PastDatabase::interrupt);
  }

  /** The turn ends. */
  void end() {
    all.values().forEach(PastDatabase::close);
    all.clear();
  }
}
