// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.store.AlarmTime;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.Pin;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A commit in the making. As it begins, it has the next seq and the generation of the present. */
final class Draft {
  private final TestObject object;
  private final List<Change> changes = new ArrayList<>();
  private final List<Pin> pins = new ArrayList<>();
  private long seq;
  private Generation generation;
  private boolean clear;
  private @Nullable AlarmTime alarm;

  Draft(TestObject object, long seq, Generation generation) {
    this.object = object;
    this.seq = seq;
    this.generation = generation;
  }

  Draft put(String key, String value) {
    return put(EntryKey.user(key), value);
  }

  Draft put(EntryKey key, String value) {
    return put(key, value.getBytes(UTF_8));
  }

  Draft put(EntryKey key, byte[] value) {
    changes.add(new Change(key, value));
    return this;
  }

  Draft delete(String key) {
    return delete(EntryKey.user(key));
  }

  Draft delete(EntryKey key) {
    changes.add(new Change(key, null));
    return this;
  }

  Draft clear() {
    clear = true;
    return this;
  }

  Draft alarm(AlarmTime time) {
    alarm = time;
    return this;
  }

  Draft alarm(Instant at) {
    return alarm(AlarmTime.at(at));
  }

  Draft pin(Generation pinned, Instant until) {
    pins.add(new Pin(pinned, until));
    return this;
  }

  Draft seq(long other) {
    seq = other;
    return this;
  }

  Draft generation(Generation other) {
    generation = other;
    return this;
  }

  Commit build() {
    return new Commit(object.opening(), seq, generation, clear, changes, alarm, pins);
  }

  /** Submits it alone, and counts on its being applied. */
  Completion submit() {
    Commit commit = build();
    object.advanceTo(commit);
    return object.submit(CommitGroup.of(commit));
  }

  /** Submits it alone and waits until it is durable. */
  void commit() {
    submit().awaitDurable();
  }
}
