// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.store.ObjectRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The objects whose calls led to a call, the nearest first, and the critical sections that they
 * were in. Immutable.
 *
 * @param object the object that called
 * @param section the innermost section it was in; null if none
 * @param parent the chain that led to it; null if a worker did
 * @param depth how many objects the chain has
 */
record CallChain(
    ObjectRef object, @Nullable CriticalSection section, @Nullable CallChain parent, int depth) {
  /** How many objects a chain may have, the one that is called included. */
  static final int MAX_DEPTH = 64;

  static CallChain of(
      ObjectRef object, @Nullable CriticalSection section, @Nullable CallChain parent) {
    int depth = parent == null ? 1 : parent.depth + 1;
    if (depth >= MAX_DEPTH) {
      throw new IllegalStateException(
          "%s: calling out would make the chain of calls %d objects deep, limit %d; does it go in a circle?"
              .formatted(object, depth + 1, MAX_DEPTH));
    }
    return new CallChain(object, section, parent, depth);
  }

  /** What leads to code that {@code event}, which runs, sets in motion within its own object. */
  static CallChain within(Event event) {
    Activation activation = event.activation();
    return new CallChain(
        activation.object(), activation.gate().section(), event.chain(), MAX_DEPTH);
  }

  /** The innermost section of that gate that this chain is in; null if none. */
  static @Nullable CriticalSection sectionOf(@Nullable CallChain chain, EntryGate gate) {
    for (CallChain link = chain; link != null; link = link.parent) {
      if (link.section != null && link.section.gate() == gate) {
        return link.section;
      }
    }
    return null;
  }

  /** The links that are in an open section, the nearest first. */
  static List<CallChain> exclusiveLinks(@Nullable CallChain chain) {
    List<CallChain> links = List.of();
    for (CallChain link = chain; link != null; link = link.parent) {
      CriticalSection held = link.section;
      if (held != null && held.gate().isOpen(held)) {
        if (links.isEmpty()) {
          links = new ArrayList<>(2);
        }
        links.add(link);
      }
    }
    return links;
  }
}
