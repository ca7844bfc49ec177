// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.store.ObjectRef;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The objects that are open or have commits waiting, of one epoch. Thread-safe. */
final class OpenObjects {
  private final ConcurrentHashMap<ObjectRef, ObjectState> states = new ConcurrentHashMap<>();
  private final AtomicLong lastOpening = new AtomicLong();

  /** A number for an opening that is about to be made. */
  long nextOpening() {
    return lastOpening.incrementAndGet();
  }

  /** The state of an object, with {@code opening} as its latest opening. */
  ObjectState open(ObjectRef object, long opening) {
    ObjectState[] opened = new ObjectState[1];
    states.compute(
        object,
        (ref, known) -> {
          ObjectState state = known == null ? new ObjectState() : known;
          state.opening = opening;
          opened[0] = state;
          return state;
        });
    return opened[0];
  }

  /** The state of an object; null if it is neither open nor has commits waiting. */
  @Nullable ObjectState get(ObjectRef object) {
    return states.get(object);
  }

  /** Ends an opening if it is the latest. */
  void release(ObjectRef object, long opening) {
    states.computeIfPresent(
        object,
        (ref, state) -> {
          if (state.opening == opening) {
            state.opening = ObjectState.RELEASED;
          }
          return keep(state);
        });
  }

  /** Forgets an object whose last waiting commit is done, unless somebody has it open. */
  void settle(ObjectRef object) {
    states.computeIfPresent(object, (ref, state) -> keep(state));
  }

  private static @Nullable ObjectState keep(ObjectState state) {
    return state.opening == ObjectState.RELEASED && !state.busy() ? null : state;
  }

  /** All of them, as they come and go. */
  Set<ObjectRef> all() {
    return Collections.unmodifiableSet(states.keySet());
  }

  /** How many there are. */
  int size() {
    return states.size();
  }
}
