// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A store in which something can happen while an entry or a range is read. Thread-safe. */
final class HeldReads extends LateStore {
  private final AtomicReference<@Nullable Runnable> atGet = new AtomicReference<>();
  private final AtomicReference<@Nullable Runnable> atScan = new AtomicReference<>();

  HeldReads(ObjectStore store) {
    super(store);
  }

  /** Runs the action, once, before the next entry is read that is asked for. */
  void beforeNextGet(Runnable action) {
    atGet.set(action);
  }

  /** Runs the action, once, before the next range is read. */
  void beforeNextScan(Runnable action) {
    atScan.set(action);
  }

  private static void run(AtomicReference<@Nullable Runnable> next) {
    Runnable action = next.getAndSet(null);
    if (action != null) {
      action.run();
    }
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    run(atGet);
    return super.get(object, key, view);
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    run(atScan);
    return super.scan(object, range, view);
  }
}
