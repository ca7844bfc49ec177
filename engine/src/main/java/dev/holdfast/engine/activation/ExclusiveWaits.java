// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.engine.gate.CriticalSection;
import dev.holdfast.engine.gate.EntryGate;
import dev.holdfast.store.ObjectRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who, while holding critical sections, waits at which gate: finds circles of exclusive waits
 * before they close. Only calls made from within a critical section come here. Thread-safe.
 */
final class ExclusiveWaits {
  /** Whether anything is noted: spares those who have nothing to forget the lock. */
  private volatile boolean noted;

  /** At which gates calls caused by a section wait, or waited until they ran. Guarded by this. */
  private final Map<CriticalSection, Map<Event, EntryGate>> waits = new HashMap<>();

  /**
   * An event queues at the gate of {@code target}: if critical sections caused it, it must not
   * close a circle of exclusive waits. One that goes from an activation that is over to the next
   * queues there anew, before that lets anyone in.
   */
  void queued(Event event, Activation target) {
    List<CallChain> links = CallChain.exclusiveLinks(event.chain());
    if (links.isEmpty()) {
      return;
    }
    EntryGate gate = target.gate();
    ObjectRef closing = add(event, links, gate);
    if (closing != null && gate.withdraw(waiting -> waiting == event).contains(event)) {
      event.answer(
          null,
          new IllegalStateException(
              "%s: %s would wait for ever: %s is held by a critical section that waits for a call to %s, which this call chain holds; call out of critical sections in one order only"
                  .formatted(target, event, target, closing)));
    }
  }

  /**
   * Notes that {@code event}, caused by the sections of {@code links}, waits at {@code gate}.
   *
   * @return the object that closes a circle, if this wait would; then nothing is noted
   */
  private synchronized @Nullable ObjectRef add(Event event, List<CallChain> links, EntryGate gate) {
    // Before it is asked who has ended: whoever ends later looks here.
    noted = true;
    Map<CriticalSection, ObjectRef> held = new HashMap<>();
    for (CallChain link : links) {
      // One that has ended meanwhile is forgotten, or is about to be, and never again.
      CriticalSection section = link.section();
      if (section != null && section.gate().isOpen(section)) {
        held.put(section, link.object());
      }
    }
    ObjectRef closing = circle(gate, held, new HashSet<>());
    if (closing == null) {
      held.keySet()
          .forEach(
              section -> {
                Map<Event, EntryGate> of = waits.computeIfAbsent(section, s -> new HashMap<>());
                of.keySet().removeIf(Event::answered);
                of.put(event, gate);
              });
    }
    noted = !waits.isEmpty();
    return closing;
  }

  /**
   * The gate of these sections has closed, so nobody will end them.
   *
   * @param innermost the innermost of them, with all that are around it
   */
  void forgetAll(@Nullable CriticalSection innermost) {
    for (CriticalSection s = innermost; s != null; s = s.parent()) {
      forget(s);
    }
  }

  /** How many sections have something noted. */
  synchronized int size() {
    return waits.size();
  }

  /** The section has ended: nothing it caused waits any more. */
  void forget(CriticalSection section) {
    if (noted) {
      synchronized (this) {
        waits.remove(section);
        noted = !waits.isEmpty();
      }
    }
  }

  private @Nullable ObjectRef circle(
      EntryGate gate, Map<CriticalSection, ObjectRef> held, Set<EntryGate> seen) {
    CriticalSection obstacle = gate.section();
    if (obstacle == null || !seen.add(gate)) {
      return null;
    }
    ObjectRef own = held.get(obstacle);
    if (own != null && seen.size() > 1) {
      return own;
    }
    for (Map.Entry<Event, EntryGate> wait : waits.getOrDefault(obstacle, Map.of()).entrySet()) {
      if (wait.getKey().thread() == null && !wait.getKey().answered()) {
        ObjectRef closing = circle(wait.getValue(), held, seen);
        if (closing != null) {
          return closing;
        }
      }
    }
    return null;
  }
}
