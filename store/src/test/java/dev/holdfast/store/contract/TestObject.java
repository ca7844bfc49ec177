// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;

/** An object as the engine holds it: opened, and its last seq and generation known. */
final class TestObject {
  private final ObjectStore store;
  private final TestClock clock;
  private final OpenedObject opened;
  private long seq;
  private Generation generation;

  TestObject(ObjectStore store, TestClock clock, OpenedObject opened) {
    this.store = store;
    this.clock = clock;
    this.opened = opened;
    this.seq = opened.seq();
    this.generation = opened.generation();
  }

  OpenedObject opened() {
    return opened;
  }

  Opening opening() {
    return opened.opening();
  }

  ObjectRef ref() {
    return opening().object();
  }

  long seq() {
    return seq;
  }

  /** The generation of the last commit. */
  Generation generation() {
    return generation;
  }

  /** The next commit, in the present second. */
  Draft draft() {
    return new Draft(this, seq + 1, generation.advancedTo(clock.second()));
  }

  Draft put(String key, String value) {
    return draft().put(key, value);
  }

  Draft delete(String key) {
    return draft().delete(key);
  }

  Draft clear() {
    return draft().clear();
  }

  void advanceTo(Commit commit) {
    seq = commit.seq();
    generation = commit.generation();
  }

  Completion submit(CommitGroup group) {
    Completion completion = new Completion();
    store.submit(group, completion);
    return completion;
  }

  void release() {
    store.release(opening());
  }
}
