// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.LimitExceededException;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.Pin;
import dev.holdfast.store.ScanRange;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bookmarks that an object has handed out, each until when it is good. They are entries of the
 * object beside its data, which going back leaves as they are. Object thread only.
 */
final class Bookmarks {
  static final int MAX = 1_000;
  static final Duration KEPT = Duration.ofDays(7);

  private final String object;
  private final ObjectState state;

  Bookmarks(String object, ObjectState state) {
    this.object = object;
    this.state = state;
  }

  /** Whether a bookmark of that generation is good. */
  boolean has(Generation generation, Instant now) {
    byte[] until = state.get(MetaKeys.bookmark(generation));
    return until != null && now.isBefore(until(until));
  }

  /**
   * Hands one out, as part of the turn's commit.
   *
   * @throws LimitExceededException if there are too many
   */
  void handOut(Generation generation, Instant now) {
    EntryKey key = MetaKeys.bookmark(generation);
    if (state.get(key) == null) {
      makeRoom(now);
    }
    Instant until = now.plus(KEPT);
    state.put(key, ByteBuffer.allocate(Long.BYTES).putLong(until.getEpochSecond()).array());
    state.pin(new Pin(generation, until));
  }

  private void makeRoom(Instant now) {
    List<EntryKey> over = new ArrayList<>();
    @Nullable Instant first = null;
    int good = 0;
    for (Entry entry : all()) {
      Instant until = until(entry.value());
      if (now.isBefore(until)) {
        good++;
        first = first == null || until.isBefore(first) ? until : first;
      } else {
        over.add(entry.key());
      }
    }
    if (good >= MAX) {
      throw new LimitExceededException(
          "%s: it has %d bookmarks, the limit; the first one ends at %s"
              .formatted(object, good, first));
    }
    over.forEach(state::delete);
  }

  private List<Entry> all() {
    return state.page(
        new ScanRange(
            MetaKeys.FIRST_BOOKMARK,
            MetaKeys.END_OF_BOOKMARKS,
            false,
            Integer.MAX_VALUE,
            Long.MAX_VALUE));
  }

  static Instant until(byte[] value) {
    return Instant.ofEpochSecond(ByteBuffer.wrap(value).getLong());
  }
}
