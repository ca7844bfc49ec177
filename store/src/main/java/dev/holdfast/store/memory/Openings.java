// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import dev.holdfast.store.Commit;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Opening;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which opening of each object is the latest, and which group of it was submitted last. An object
 * is forgotten once it has neither an opening nor a group in flight.
 *
 * <p>Guarded by the data's lock.
 */
final class Openings {
  private final Map<ObjectRef, Slot> slots = new HashMap<>();
  private long lastNumber;

  /** An opening and what the store knows about it. */
  static final class State {
    final Opening opening;
    final @Nullable String name;

    /** One of its commits was refused or failed: so is every later one. */
    boolean failed;

    /** The object was deleted through it: nothing can be committed through it any more. */
    boolean deleted;

    /** Where the object did not exist: its first commit is not of an earlier generation. */
    Generation unborn = Generation.NONE;

    State(Opening opening, @Nullable String name) {
      this.opening = opening;
      this.name = name;
    }
  }

  private static final class Slot {
    @Nullable State latest;
    long lastTicket;
  }

  /** A new opening, the latest of its object. */
  State open(ObjectRef object, long epoch, @Nullable String name) {
    State state = new State(new Opening(object, epoch, ++lastNumber), name);
    slots.computeIfAbsent(object, _ -> new Slot()).latest = state;
    return state;
  }

  /** The state of an opening; null if it is void. */
  @Nullable State find(Opening opening) {
    Slot slot = slots.get(opening.object());
    State latest = slot == null ? null : slot.latest;
    return latest != null && latest.opening.equals(opening) ? latest : null;
  }

  /** Makes every opening of an object void. Returns the ticket of its last group in flight. */
  long close(ObjectRef object, long completed) {
    Slot slot = slots.get(object);
    if (slot == null) {
      return 0;
    }
    slot.latest = null;
    forget(object, slot, completed);
    return slot.lastTicket;
  }

  /** Makes every opening void. */
  void closeAll(long completed) {
    slots.values().removeIf(slot -> slot.lastTicket <= completed);
    for (Slot slot : slots.values()) {
      if (slot.latest != null) {
        slot.latest.failed = true;
      }
      slot.latest = null;
    }
  }

  /** The ticket of the last group with commits of these namespaces that may be in flight. */
  long lastTicket(Set<String> namespaces) {
    return slots.entrySet().stream()
        .filter(slot -> namespaces.contains(slot.getKey().namespace()))
        .mapToLong(slot -> slot.getValue().lastTicket)
        .max()
        .orElse(0);
  }

  /** The objects that have an opening, or a group in flight, as they come and go. */
  Set<ObjectRef> objects() {
    return Collections.unmodifiableSet(slots.keySet());
  }

  void submitted(Commit commit, long ticket) {
    Slot slot = slots.get(commit.object());
    if (slot != null) {
      slot.lastTicket = ticket;
    }
  }

  void completed(Commit commit, long completed) {
    Slot slot = slots.get(commit.object());
    if (slot != null) {
      forget(commit.object(), slot, completed);
    }
  }

  private void forget(ObjectRef object, Slot slot, long completed) {
    if (slot.latest == null && slot.lastTicket <= completed) {
      slots.remove(object);
    }
  }
}
