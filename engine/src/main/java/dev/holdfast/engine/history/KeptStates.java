// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import dev.holdfast.store.Entry;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of an object that are kept, as somebody outside sees them: reads the store, and opens
 * nothing. Thread-safe.
 */
public final class KeptStates {
  /** Of how many changes is known at once: reading them means reading the whole object. */
  private static final int CHANGES = 100_000;

  private static final Generation EVER = new Generation(Long.MAX_VALUE);

  private final ObjectStore store;
  private final ObjectRef object;
  private final Instant now;
  private final RetainedMoments moments;

  /**
   * The states of an object.
   *
   * @param now the present, by the clock of the store
   */
  public KeptStates(ObjectStore store, ObjectRef object, Instant now) {
    this.store = store;
    this.object = object;
    this.now = now;
    this.moments = new RetainedMoments(store.retention());
  }

  /**
   * The generation at whose end the state of a bookmark is. It need not have been handed out, if it
   * is of a moment that is kept.
   *
   * @throws IllegalArgumentException if it is one of another object, or not kept
   */
  public Generation at(Bookmark bookmark) {
    if (!bookmark.isOf(object.id())) {
      throw new IllegalArgumentException(
          "%s: expected one of its bookmarks, found one of another object: %s"
              .formatted(object, bookmark));
    }
    Generation named = new Generation(bookmark.moment());
    HandedOut found = Rewrite.find(store, object, named, now);
    if (found != null && found.isAwaited() && !named.equals(Generation.NONE)) {
      throw new IllegalArgumentException(
          "%s: the bookmark %s is of the moment right before the object goes back, and it has not yet"
              .formatted(object, bookmark));
    }
    if (found == null && !moments.isKept(named, now.getEpochSecond())) {
      throw new IllegalArgumentException(
          "%s: the state at the bookmark %s, of %s, is not kept; its history says which are"
              .formatted(object, bookmark, Instant.ofEpochSecond(named.second())));
    }
    return found == null ? named : found.end();
  }

  /**
   * Whether the state at the end of a generation is kept: as a moment, as that of a bookmark that
   * was handed out, or since it is that of no object at all.
   *
   * @throws dev.holdfast.StorageException if the store cannot be read
   */
  public boolean isKept(Generation end) {
    return end.equals(Generation.NONE)
        || moments.isKept(end, now.getEpochSecond())
        || handedOut().containsKey(end);
  }

  /**
   * Refuses a state that is not kept.
   *
   * @throws IllegalArgumentException if it is not
   */
  void check(Generation end) {
    if (!isKept(end)) {
      throw new IllegalArgumentException(
          "%s: its state at the bookmark %s is not kept"
              .formatted(object, Bookmark.of(end.packed(), object.id())));
    }
  }

  /**
   * The generation at whose end the latest moment is that is not after a time and will be kept for
   * a minute at least, so that it can be used.
   *
   * @throws IllegalArgumentException if the time is in the future, or none is kept
   */
  public Generation at(Instant time) {
    if (time.isAfter(now)) {
      throw new IllegalArgumentException(
          "%s: expected a time of the past, found %s, and now is %s".formatted(object, time, now));
    }
    return RetainedMoments.endOf(moments.latest(object, time, now.plus(ObjectHistory.LEAST_KEPT)));
  }

  /**
   * States that are kept, each once, latest first. Reads the whole object and its history.
   *
   * @param before only those before the state of this bookmark; null to begin
   * @param limit the most to return, at least 1
   * @throws dev.holdfast.StorageException if the store cannot be read
   */
  public List<KeptState> list(@Nullable Bookmark before, int limit) {
    NavigableMap<Generation, Named> handedOut = handedOut();
    List<KeptState> found = new ArrayList<>();
    Generation end = before == null ? null : stateOf(before);
    // The last change up to the bookmark made its own state, which is not to be listed. If that has
    // gone since, so may have what told of the change.
    boolean skip = end != null && isKept(end);
    Generation upper = end == null ? EVER : end.next();
    Generation next = end == null ? null : upper;
    List<Generation> changes;
    do {
      changes = store.changes(object, upper, CHANGES);
      for (Generation change : changes) {
        KeptState state = skip ? null : state(change, next, handedOut);
        if (state != null) {
          found.add(state);
        }
        if (found.size() == limit) {
          return found;
        }
        skip = false;
        next = change;
        upper = change;
      }
    } while (changes.size() == CHANGES);
    return found;
  }

  /**
   * The state that a change made, if it is kept.
   *
   * @param next the change after it; null if there is none
   */
  private @Nullable KeptState state(
      Generation change, @Nullable Generation next, NavigableMap<Generation, Named> handedOut) {
    long second = change.second();
    // The end of this second is one that is kept, though it is still to come.
    long last = next == null ? Math.max(now.getEpochSecond(), second + 1) : next.second();
    OptionalLong moment = moments.keptLongest(second + 1, last, now.getEpochSecond());
    Generation end = moment.isEmpty() ? null : RetainedMoments.endOf(moment.getAsLong());
    Instant until =
        moment.isEmpty() ? now : Instant.ofEpochSecond(moments.until(moment.getAsLong()) + 1);
    boolean pinned = false;
    for (Named bookmark :
        handedOut.subMap(change, true, next == null ? EVER : next, false).values()) {
      if (bookmark.until.isAfter(until)) {
        end = bookmark.name;
        until = bookmark.until;
        pinned = true;
      }
    }
    return end == null
        ? null
        : new KeptState(
            Bookmark.of(end.packed(), object.id()),
            Instant.ofEpochSecond(second),
            until,
            pinned,
            next == null);
  }

  /** At the end of which generation the state of a bookmark is, or was when it was kept. */
  private Generation stateOf(Bookmark bookmark) {
    Generation named = new Generation(bookmark.moment());
    HandedOut found = Rewrite.find(store, object, named, now);
    return found == null || found.isAwaited() ? named : found.end();
  }

  /**
   * The bookmarks that were handed out and are kept, by the generations at whose ends their states
   * are; of several for one, that which is kept longest.
   */
  NavigableMap<Generation, Named> handedOut() {
    NavigableMap<Generation, Named> handedOut = new TreeMap<>();
    bookmarks()
        .forEach(
            (name, found) -> {
              if (!found.isAwaited()) {
                handedOut.merge(
                    found.end(),
                    new Named(name, found.until()),
                    (a, b) -> a.until.isBefore(b.until) ? b : a);
              }
            });
    return handedOut;
  }

  /** The bookmarks that are good, by the generations that name them. */
  Map<Generation, HandedOut> bookmarks() {
    Map<Generation, HandedOut> good = new HashMap<>();
    for (Entry entry : store.scan(object, MetaKeys.BOOKMARKS, View.current()).entries()) {
      Generation name = MetaKeys.generation(entry.key());
      HandedOut found = HandedOut.decode(object, name, entry.value());
      if (found.isGood(now)) {
        good.put(name, found);
      }
    }
    return good;
  }

  /** A bookmark that was handed out, and until when it is good. */
  record Named(Generation name, Instant until) {}
}
