// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StorageException;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Retention;
import dev.holdfast.store.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of moments that an earlier rule has let go. */
class PruningRuleTest {
  private static final long BEGIN = 1_000_000_020;
  private static final long END = BEGIN + 600;
  private static final Retention NARROW =
      new Retention(Duration.ofSeconds(10), Duration.ofSeconds(130), Duration.ZERO);
  private static final Retention WIDE =
      new Retention(Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(30));

  @TempDir private Path directory;

  private RocksStore open(Retention retention, long now) {
    return RocksStore.open(
        directory,
        RocksStoreOptions.defaults()
            .withRetention(retention)
            .withClock(InstantSource.fixed(Instant.ofEpochSecond(now))));
  }

  /** Writes a new value every third second. */
  private static void write(RocksStore store) {
    OpenedObject object = store.open(Ledger.ref(1), "a");
    long seq = object.seq();
    for (long second = BEGIN; second < END; second += 3) {
      RocksStoreTest.commit(
          store,
          RocksStoreTest.put(
              object.opening(), ++seq, Generation.ofSecond(second), Long.toString(second)));
    }
    store.release(object.opening());
  }

  private static void prune(RocksStore store) {
    while (!store.prune(1_000).passCompleted()) {
      // On to its end.
    }
  }

  private static void requireRight(RocksStore store, long step, long since) {
    long first = Math.max(BEGIN + 1, since);
    for (long moment = Math.ceilDiv(first, step) * step; moment <= END; moment += step) {
      long written = BEGIN + (moment - 1 - BEGIN) / 3 * 3;
      assertThat(valueAt(store, moment))
          .as("the end of second %d", moment - 1)
          .isEqualTo(Long.toString(written));
    }
  }

  /** Of the windows of the rule nothing is missing. */
  private static void requireAll(RocksStore store, long now) {
    Retention rule = store.retention();
    assertThat(rule.since().seconds()).isLessThanOrEqualTo(now - rule.seconds().toSeconds());
    assertThat(rule.since().minutes()).isLessThanOrEqualTo(now - rule.minutes().toSeconds());
    assertThat(rule.since().hours()).isLessThanOrEqualTo(now - rule.hours().toSeconds());
  }

  private static @Nullable String valueAt(RocksStore store, long moment) {
    byte[] value =
        store.get(
            Ledger.ref(1), EntryKey.user("key"), View.endOf(Generation.lastOfSecond(moment - 1)));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  @Test
  void moments_that_a_narrower_rule_let_go_are_not_offered_by_a_wider_one() {
    try (RocksStore store = open(NARROW, END)) {
      write(store);
      prune(store);
      requireAll(store, END);
    }
    Retention.Since since = new Retention.Since(END + 5 - 10, END + 5 - 130, END + 5);
    for (int i = 0; i < 2; i++) {
      try (RocksStore store = open(WIDE, END + 5)) {
        assertThat(valueAt(store, BEGIN + 50)).as("what was let go").isNull();
        assertThat(store.retention().since()).isEqualTo(since);
        requireRight(store, 1, since.seconds());
        requireRight(store, 60, since.minutes());
      }
    }
    try (RocksStore store = open(NARROW, END + 5)) {
      requireAll(store, END + 5);
    }
  }

  @Test
  void a_rule_that_has_removed_nothing_leaves_no_trace() {
    try (RocksStore store = open(WIDE, END)) {
      write(store);
      prune(store);
    }
    open(NARROW, END).close();
    try (RocksStore store = open(WIDE, END)) {
      assertThat(store.retention()).isEqualTo(WIDE);
      requireRight(store, 1, 0);
    }
  }

  @Test
  void since_when_moments_are_kept_is_known_as_long_as_there_is_a_store() {
    try (RocksStore store = open(NARROW, END)) {
      write(store);
      prune(store);
    }
    Retention.Since since;
    try (RocksStore store = open(WIDE, END)) {
      since = store.retention().since();
      prune(store);
    }
    // So late that the wider rule lets go what the narrower one had left.
    try (RocksStore store = open(WIDE, END + Duration.ofDays(40).toSeconds())) {
      assertThat(store.retention().since()).isEqualTo(since);
      prune(store);
      since = store.retention().since();
    }
    try (RocksStore store = open(WIDE, END + Duration.ofDays(40).toSeconds())) {
      assertThat(store.retention().since()).isEqualTo(since);
    }
    try (RocksStore store = open(WIDE, END)) {
      requireRight(store, 1, store.retention().since().seconds());
      requireRight(store, 60, store.retention().since().minutes());
    }
  }

  @Test
  void a_wider_rule_does_not_offer_what_a_narrower_one_let_go_while_the_clock_was_ahead() {
    try (RocksStore store = open(NARROW, END)) {
      write(store);
    }
    try (RocksStore store = open(NARROW, END + 100)) {
      prune(store);
    }
    for (int i = 0; i < 2; i++) {
      try (RocksStore store = open(WIDE, END)) {
        Retention.Since since = store.retention().since();
        requireRight(store, 1, since.seconds());
        requireRight(store, 60, since.minutes());
        requireRight(store, 3600, since.hours());
        assertThat(since.minutes()).as("the last minute is left").isLessThanOrEqualTo(END);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_may_have_been_removed_by_a_write_that_failed_is_not_offered(boolean applied)
      throws IOException {
    AtomicLong now = new AtomicLong(END);
    RocksStoreOptions options =
        RocksStoreOptions.defaults()
            .withRetention(NARROW)
            .withClock(() -> Instant.ofEpochSecond(now.get()));
    try (RocksPlace place = new RocksPlace();
        RocksStore store = place.open(options)) {
      write(store);
      prune(store);

      now.set(END + 100);
      place.failNextWrite(applied);
      assertThatThrownBy(() -> prune(store)).isInstanceOf(StorageException.class);
      now.set(END);
      // The first as the session knows it that failed, then as the disk does.
      for (int i = 0; i < 2; i++) {
        Retention.Since since = store.retention().since();
        requireRight(store, 1, Math.max(since.seconds(), END - 10));
        requireRight(store, 60, Math.max(since.minutes(), END - 130));
      }
      assertThat(store.retention().since().seconds() > END - 10)
          .as("whether the end of its windows is missing")
          .isEqualTo(applied);
    }
  }
}
