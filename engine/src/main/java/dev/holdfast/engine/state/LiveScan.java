// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.KeyRange;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ScanRange;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Entries of a range, read a page at a time as they are asked for, and only within the turn in
 * which the scan began. Holds nothing that would have to be closed.
 *
 * <p>A page that was read before a write may show what is no longer so. It is dropped then, unless
 * the write lies behind the scan, as that of a loop which deletes what it has seen.
 */
final class LiveScan extends Spliterators.AbstractSpliterator<Entry> {
  /** Pages begin small, since many scans are left early or write; each is twice the one before. */
  private static final int FIRST_PAGE_ENTRIES = 16;

  private static final int MAX_PAGE_ENTRIES = 128;
  private static final long PAGE_BYTES = 1 << 20;

  private final Turns turns;
  private final ObjectState state;
  private final long turn;
  private final ScanRange range;
  private List<Entry> page = List.of();
  private int index;
  private int pageEntries = FIRST_PAGE_ENTRIES;

  /** The state's version that {@link #page} shows. */
  private long version;

  private @Nullable EntryKey last;
  private int remaining;

  LiveScan(Turns turns, ObjectState state, KeyRange range) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT);
    this.turns = turns;
    this.state = state;
    this.turn = turns.turn();
    this.range = RangeEncoding.encode(range);
    this.version = state.version();
    this.remaining = range.limit();
  }

  Stream<Entry> stream() {
    return StreamSupport.stream(this, false);
  }

  @Override
  public boolean tryAdvance(Consumer<? super Entry> action) {
    turns.checkThread();
    if (turns.turn() != turn) {
      throw new IllegalStateException(
          "this scan ended with its turn, when the object waited for something other than its"
              + " storage; begin a new one after the last key");
    }
    if (remaining == 0) {
      return false;
    }
    if (stale()) {
      page = List.of();
      index = 0;
      pageEntries = FIRST_PAGE_ENTRIES;
    }
    if (index == page.size() && !fetch()) {
      return false;
    }
    Entry next = page.get(index++);
    last = next.key();
    remaining--;
    action.accept(next);
    return true;
  }

  /** Whether something may have changed ahead of the scan since its page was read. */
  private boolean stale() {
    long seen = version;
    version = state.version();
    return version != seen && !(version == seen + 1 && isBehind(state.lastWritten()));
  }

  private boolean isBehind(@Nullable EntryKey written) {
    if (written == null || last == null) {
      return false;
    }
    int order = written.compareTo(last);
    return range.reverse() ? order >= 0 : order <= 0;
  }

  private boolean fetch() {
    EntryKey reached = last;
    page =
        state.page(
            new ScanRange(
                reached == null || range.reverse() ? range.from() : reached.successor(),
                reached == null || !range.reverse() ? range.to() : reached,
                range.reverse(),
                Math.min(pageEntries, remaining),
                PAGE_BYTES));
    index = 0;
    pageEntries = Math.min(MAX_PAGE_ENTRIES, 2 * pageEntries);
    return !page.isEmpty();
  }
}
