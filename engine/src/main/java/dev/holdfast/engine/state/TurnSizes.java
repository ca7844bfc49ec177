// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ScanRange;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sizes as the running turn of an object sees them. Object thread only. */
final class TurnSizes implements Quota.Sizes {
  private final ObjectState state;

  TurnSizes(ObjectState state) {
    this.state = state;
  }

  @Override
  public long of(EntryKey key) {
    return weight(key, state.get(key));
  }

  @Override
  public long weight() {
    Overlay top = state.written();
    return top == null ? 0 : top.weight();
  }

  @Override
  public long beside() {
    return state.grownBeside();
  }

  @Override
  public long kept() {
    EntryKey from = EntryKey.first(EntryKind.META);
    ScanRange about =
        new ScanRange(from, EntryKey.end(EntryKind.META), false, Integer.MAX_VALUE, Long.MAX_VALUE);
    long bytes = 0;
    for (Entry entry : state.sealedPage(about)) {
      bytes += weight(entry.key(), entry.value());
    }
    return bytes;
  }

  @Override
  public long growth() {
    long growth = 0;
    boolean removed = false;
    Set<EntryKey> seen = new HashSet<>();
    for (Overlay overlay = state.written(); overlay != null && !removed; overlay = overlay.below) {
      removed = overlay.cleared();
      for (EntryKey key : overlay.changes.keySet()) {
        if (seen.add(key)) {
          // What was cleared away is not counted any more.
          growth +=
              weight(key, state.get(key)) - (isCleared(key) ? 0 : weight(key, state.sealed(key)));
        }
      }
    }
    return growth;
  }

  private boolean isCleared(EntryKey key) {
    boolean cleared = false;
    for (Overlay overlay = state.written(); overlay != null; overlay = overlay.below) {
      cleared |= overlay.cleared();
    }
    return cleared && !ObjectState.isAboutObject(key);
  }

  private static long weight(EntryKey key, byte @Nullable [] value) {
    return value == null ? 0 : key.length() + (long) value.length;
  }
}
