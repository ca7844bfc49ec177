// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.KeyRange;
import dev.holdfast.store.Entry;
import dev.holdfast.store.ScanRange;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Entries of a range, read a page at a time as they are asked for, and only within the turn in
 * which the scan began. Holds nothing that would have to be closed.
 */
final class LiveScan extends Spliterators.AbstractSpliterator<Entry> {
  private static final int PAGE_ENTRIES = 128;
  private static final long PAGE_BYTES = 1 << 20;

  private final Turns turns;
  private final ObjectState state;
  private final long turn;
  private ScanRange rest;
  private List<Entry> page = List.of();
  private int index;
  private int remaining;

  LiveScan(Turns turns, ObjectState state, KeyRange range) {
    super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT);
    this.turns = turns;
    this.state = state;
    this.turn = turns.turn();
    this.rest = RangeEncoding.encode(range);
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
    if (index == page.size() && !fetch()) {
      return false;
    }
    action.accept(page.get(index++));
    return true;
  }

  private boolean fetch() {
    if (remaining == 0) {
      return false;
    }
    page =
        state.page(
            new ScanRange(
                rest.from(),
                rest.to(),
                rest.reverse(),
                Math.min(PAGE_ENTRIES, remaining),
                PAGE_BYTES));
    index = 0;
    if (page.isEmpty()) {
      remaining = 0;
      return false;
    }
    remaining -= page.size();
    Entry last = page.getLast();
    rest =
        new ScanRange(
            rest.reverse() ? rest.from() : last.key().successor(),
            rest.reverse() ? last.key() : rest.to(),
            rest.reverse(),
            rest.maxEntries(),
            rest.maxBytes());
    return true;
  }
}
