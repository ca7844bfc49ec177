// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import dev.holdfast.History;
import dev.holdfast.Past;
import dev.holdfast.engine.codec.Codec;
import dev.holdfast.engine.sql.ObjectSql;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/** The past of an object as its code sees it. Object thread only. */
public final class ObjectHistory implements History {
  /**
   * A moment that the rule keeps for less than this is not handed out: it might be gone before the
   * bookmark that keeps it is durable. A turn may take longer: see {@link #leastKept}.
   */
  static final Duration LEAST_KEPT = Duration.ofMinutes(1);

  private final ObjectRef object;
  private final ObjectStore store;
  private final Turns turns;
  private final ObjectState state;
  private final Moments moments;
  private final InstantSource clock;

  /** The same as {@link #LEAST_KEPT}, in a turn that may take as long as the limit says. */
  private final Duration leastKept;

  private final Codec codec;
  private final Supplier<ObjectSql> sql;
  private final Bookmarks bookmarks;

  /**
   * What the history of an object is made of.
   *
   * @param wallLimit how long a turn may take
   */
  public record Parts(
      ObjectRef object,
      ObjectStore store,
      Turns turns,
      ObjectState state,
      Moments moments,
      InstantSource clock,
      Duration wallLimit,
      Codec codec,
      Supplier<ObjectSql> sql) {}

  /** The history of the object that is made of those parts. */
  public ObjectHistory(Parts parts) {
    this.object = parts.object;
    this.store = parts.store;
    this.turns = parts.turns;
    this.state = parts.state;
    this.moments = parts.moments;
    this.clock = parts.clock;
    Duration twice = parts.wallLimit.multipliedBy(2);
    this.leastKept = twice.compareTo(LEAST_KEPT) > 0 ? twice : LEAST_KEPT;
    this.codec = parts.codec;
    this.sql = parts.sql;
    this.bookmarks = new Bookmarks(object, state);
  }

  @Override
  public Bookmark current() {
    checkNoTransaction("current");
    if (state.hasWritten()) {
      throw new IllegalStateException(
          "%s: history().current() after a write of the same turn; call it before, or sync() first"
              .formatted(object));
    }
    return handOut(moments.last());
  }

  @Override
  public Bookmark at(Instant time) {
    checkNoTransaction("at");
    Instant now = clock.instant();
    if (time.isAfter(now)) {
      throw new IllegalArgumentException(
          "%s: expected a time of the past, found %s, and now is %s".formatted(object, time, now));
    }
    RetainedMoments kept = new RetainedMoments(store.retention());
    return keep(RetainedMoments.endOf(kept.latest(object, time, now.plus(leastKept))));
  }

  /**
   * Hands out a bookmark of the state at the end of a generation that is kept, or of the present
   * one, if that is older.
   */
  public Bookmark keep(Generation end) {
    checkNoTransaction("keep");
    Generation last = moments.last();
    return handOut(end.compareTo(last) < 0 ? end : last);
  }

  private Bookmark handOut(Generation generation) {
    Instant now = clock.instant();
    if (!generation.equals(Generation.NONE)) {
      HandedOut before = bookmarks.find(generation, now);
      if (before == null || before.until().isBefore(Bookmarks.until(now))) {
        bookmarks.handOut(generation, generation, now);
      }
      moments.endOf(generation);
    }
    return Bookmark.of(generation.packed(), object.id());
  }

  @Override
  public Past view(Bookmark bookmark) {
    turns.checkThread();
    Generation moment = generation(bookmark);
    if (!moment.equals(Generation.NONE)) {
      HandedOut found = find(bookmark, moment);
      if (found.isAwaited()) {
        throw new IllegalArgumentException(
            "%s: the bookmark %s is of the moment right before the object goes back, and it has not yet"
                .formatted(object, bookmark));
      }
      moment = found.end();
    }
    turns.awaitCommits();
    return new PastView(object, store, View.endOf(moment), turns, state.limits(), codec, sql);
  }

  @Override
  public Bookmark restoreOnRestart(Bookmark bookmark) {
    checkNoTransaction("restoreOnRestart");
    Generation given = generation(bookmark);
    HandedOut found = given.equals(Generation.NONE) ? null : find(bookmark, given);
    Instant now = clock.instant();
    Generation undo = undo();
    // First what can be refused.
    Instant until = bookmarks.handOut(undo, Generation.NONE, now);
    Generation to = Generation.NONE;
    if (found != null) {
      to = found.isAwaited() ? undo : found.end();
      bookmarks.handOut(given, found.end(), now);
    }
    state.put(
        MetaKeys.REWRITE, new RewriteMark(object.id(), to, until, undo, given, null).encode());
    return Bookmark.of(undo.packed(), object.id());
  }

  /** What undoes the going back that the object is to do: the same for all its wishes. */
  private Generation undo() {
    byte[] wish = state.get(MetaKeys.REWRITE);
    return wish == null ? moments.skip() : RewriteMark.decode(object, wish).undo();
  }

  private void checkNoTransaction(String what) {
    turns.checkThread();
    if (state.inTransaction()) {
      throw new IllegalStateException(
          "%s: history().%s inside a transaction; call it outside".formatted(object, what));
    }
  }

  /** What the bookmark names, if it is one of this object. */
  private Generation generation(Bookmark bookmark) {
    if (!bookmark.isOf(object.id())) {
      throw new IllegalArgumentException(
          "%s: expected a bookmark of this object, found one of another: %s"
              .formatted(object, bookmark));
    }
    return new Generation(bookmark.moment());
  }

  private HandedOut find(Bookmark bookmark, Generation generation) {
    HandedOut found = bookmarks.find(generation, clock.instant());
    if (found == null) {
      throw new IllegalArgumentException(
          "%s: the bookmark %s is not kept; one is for %d days: ask for another with at(time)"
              .formatted(object, bookmark, Bookmarks.KEPT.toDays()));
    }
    return found;
  }
}
