// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.memory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Opening;
import dev.holdfast.store.Retention;
import dev.holdfast.store.ScanPage;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A store whose gate and faults a test uses. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class InMemoryStoreFixture {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  final InMemoryData data = new InMemoryData();
  InMemoryStore store = newStore();

  final InMemoryStore newStore() {
    return new InMemoryStore(InstantSource.fixed(NOW), Retention.DEFAULT, data);
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  static ObjectRef ref(String name) {
    return new ObjectRef(
        "Counter", ObjectId.of(Arrays.copyOf(name.getBytes(UTF_8), ObjectId.BYTES), name));
  }

  final Writer open(String name) {
    return new Writer(store, store.open(ref(name), name));
  }

  final @Nullable String get(String object, String key) {
    byte[] value = store.get(ref(object), EntryKey.user(key), View.current());
    return value == null ? null : new String(value, UTF_8);
  }

  final ScanPage scan(String object) {
    ScanRange range =
        new ScanRange(
            EntryKey.first(EntryKind.USER), EntryKey.end(EntryKind.META), false, 100, 1 << 20);
    return store.scan(ref(object), range, View.current());
  }

  static void assertDurable(CompletableFuture<StorageException> completion) {
    assertThat(completion).succeedsWithin(60, TimeUnit.SECONDS).isNull();
  }

  static void assertFailed(CompletableFuture<StorageException> completion, Outcome outcome) {
    assertThat(completion)
        .succeedsWithin(60, TimeUnit.SECONDS)
        .returns(outcome, StorageException::outcome);
  }

  /** An opened object that counts its commits. */
  static final class Writer {
    private final InMemoryStore store;
    private final Opening opening;
    long seq;

    Writer(InMemoryStore store, OpenedObject opened) {
      this.store = store;
      this.opening = opened.opening();
      this.seq = opened.seq();
    }

    /** The next commit, which is not submitted. */
    CommitGroup next(String key, String value) {
      return next(key, value.getBytes(UTF_8));
    }

    private CommitGroup next(String key, byte[] value) {
      return CommitGroup.of(
          Commit.of(
              opening,
              ++seq,
              Generation.ofSecond(NOW.getEpochSecond()),
              List.of(new Change(EntryKey.user(key), value))));
    }

    CompletableFuture<StorageException> submit(String key, String value) {
      return submit(key, value.getBytes(UTF_8));
    }

    CompletableFuture<StorageException> submit(String key, byte[] value) {
      CompletableFuture<StorageException> completion = new CompletableFuture<>();
      submit(key, value, completion);
      return completion;
    }

    void submit(String key, byte[] value, CompletableFuture<StorageException> completion) {
      store.submit(next(key, value), completion::complete);
    }

    void release() {
      store.release(opening);
    }

    CommitGroup commit(String key, String value) {
      CommitGroup group = next(key, value);
      CompletableFuture<StorageException> completion = new CompletableFuture<>();
      store.submit(group, completion::complete);
      assertDurable(completion);
      return group;
    }
  }
}
