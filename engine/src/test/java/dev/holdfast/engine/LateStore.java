// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import dev.holdfast.StorageException;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.CommitListener;
import dev.holdfast.store.Directory;
import dev.holdfast.store.DueAlarm;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.PruneReport;
import dev.holdfast.store.Renames;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store that may be slow to tell what has become of commits. It opens an object as soon as they
 * are applied, whether that was told or not, as the contract allows. Thread-safe.
 */
class LateStore implements ObjectStore {
  private final ObjectStore store;

  // Guarded by this.
  private final List<Runnable> untold = new ArrayList<>();
  private boolean late;

  LateStore(ObjectStore store) {
    this.store = store;
  }

  /** From now on tells nobody anything. */
  synchronized void holdBack() {
    late = true;
  }

  /** How many commits came to an end of which nobody knows. */
  synchronized int untold() {
    return untold.size();
  }

  /** Tells all, now and from now on. */
  void tell() {
    List<Runnable> due;
    synchronized (this) {
      late = false;
      due = List.copyOf(untold);
      untold.clear();
    }
    due.forEach(Runnable::run);
  }

  @Override
  public void submit(CommitGroup group, CommitListener listener) {
    store.submit(group, failure -> completed(listener, failure));
  }

  private void completed(CommitListener listener, @Nullable StorageException failure) {
    synchronized (this) {
      if (late) {
        untold.add(() -> listener.completed(failure));
        return;
      }
    }
    listener.completed(failure);
  }

  @Override
  public byte[] namespaceSecret(String namespace) {
    return store.namespaceSecret(namespace);
  }

  @Override
  public OpenedObject open(ObjectRef object, @Nullable String name) {
    return store.open(object, name);
  }

  @Override
  public void release(Opening opening) {
    store.release(opening);
  }

  @Override
  public byte @Nullable [] get(ObjectRef object, EntryKey key, View view) {
    return store.get(object, key, view);
  }

  @Override
  public ScanPage scan(ObjectRef object, ScanRange range, View view) {
    return store.scan(object, range, view);
  }

  @Override
  public @Nullable LastCommit lastCommit(ObjectRef object) {
    return store.lastCommit(object);
  }

  @Override
  public List<Generation> changes(ObjectRef object, Generation before, int limit) {
    return store.changes(object, before, limit);
  }

  @Override
  public List<DueAlarm> dueAlarms(int limit) {
    return store.dueAlarms(limit);
  }

  @Override
  public Optional<Instant> nextAlarm() {
    return store.nextAlarm();
  }

  @Override
  public Retention retention() {
    return store.retention();
  }

  @Override
  public Renames renameNamespaces(Renames names) {
    return store.renameNamespaces(names);
  }

  @Override
  public Directory directory() {
    return store.directory();
  }

  @Override
  public PruneReport prune(int budget) {
    return store.prune(budget);
  }

  @Override
  public void close() {
    store.close();
  }
}
