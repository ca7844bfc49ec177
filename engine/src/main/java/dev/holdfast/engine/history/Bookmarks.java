// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import static java.util.Comparator.naturalOrder;

import dev.holdfast.LimitExceededException;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.Pin;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bookmarks that an object has handed out, each until when it is good. They are entries of the
 * object beside its data, which going back leaves as they are. Object thread only.
 */
final class Bookmarks {
  static final int MAX = 1_000;
  static final Duration KEPT = Duration.ofDays(7);

  /** So much longer, at least, a moment is readable, for what has begun to read it in time. */
  private static final Duration GRACE = Duration.ofHours(1);

  private final ObjectRef object;
  private final ObjectState state;

  Bookmarks(ObjectRef object, ObjectState state) {
    this.object = object;
    this.state = state;
  }

  /** The bookmark of that generation if it is good, else null. */
  @Nullable HandedOut find(Generation bookmark, Instant now) {
    return find(object, bookmark, state.get(MetaKeys.bookmark(bookmark)), now);
  }

  static @Nullable HandedOut find(
      ObjectRef object, Generation bookmark, byte @Nullable [] stored, Instant now) {
    HandedOut found = stored == null ? null : HandedOut.decode(object, bookmark, stored);
    return found != null && found.isGood(now) ? found : null;
  }

  /** Until when a bookmark is good that is handed out now. */
  static Instant until(Instant now) {
    return Instant.ofEpochSecond(now.plus(KEPT).getEpochSecond());
  }

  /**
   * What keeps the end of a generation readable until then: to a full hour, so that a bookmark that
   * is handed out again and again makes few pins.
   */
  static Pin pin(Generation end, Instant until) {
    return new Pin(end, until.plus(GRACE).plus(GRACE).truncatedTo(ChronoUnit.HOURS));
  }

  /**
   * Hands one out, as part of the turn's commit, or the same again for the full time.
   *
   * @param end the generation at whose end it is; {@link Generation#NONE} if that is not known yet
   * @return until when it is good
   * @throws LimitExceededException if there are too many
   */
  Instant handOut(Generation bookmark, Generation end, Instant now) {
    if (find(bookmark, now) == null) {
      makeRoom(now);
    }
    HandedOut made = new HandedOut(until(now), end);
    state.put(MetaKeys.bookmark(bookmark), made.encode(bookmark));
    if (!made.isAwaited()) {
      state.pin(pin(end, made.until()));
    }
    return made.until();
  }

  private void makeRoom(Instant now) {
    List<EntryKey> over = new ArrayList<>();
    List<HandedOut> good = new ArrayList<>();
    for (Entry entry : state.page(MetaKeys.BOOKMARKS)) {
      HandedOut one = HandedOut.decode(object, MetaKeys.generation(entry.key()), entry.value());
      if (one.isGood(now)) {
        good.add(one);
      } else {
        over.add(entry.key());
      }
    }
    checkRoom(object, good);
    over.forEach(state::delete);
  }

  /**
   * Refuses one more than those.
   *
   * @param good all that are good, also those whose moments have not come
   * @throws LimitExceededException if they are as many as an object may have
   */
  static void checkRoom(ObjectRef object, Collection<HandedOut> good) {
    if (good.size() >= MAX) {
      Instant first = good.stream().map(HandedOut::until).min(naturalOrder()).orElseThrow();
      throw new LimitExceededException(
          "%s: it has %d bookmarks, the limit; the first one ends at %s"
              .formatted(object, good.size(), first));
    }
  }
}
