// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Instant;

/**
 * The past of an object: key-value storage and SQL database together, each moment of it consistent.
 * Object thread only.
 *
 * <p>Kept, unless configured otherwise, is the end of every second for an hour, of every minute for
 * a day and of every hour for 30 days ({@code [history]}). A bookmark that was handed out keeps its
 * moment for seven days, as part of the turn's commit.
 *
 * <pre>{@code
 * Bookmark before = storage().history().current();
 * importEverything();
 * …
 * storage().history().restoreOnRestart(before);
 * storage().sync(); // abort drops what the turn wrote, and this is a write
 * ctx().abort("back to before the import");
 * }</pre>
 */
public interface History {

  /**
   * The state that the object had when this turn began: what the turn writes comes after it. Asked
   * again without a change in between it is the same one, kept for seven days from then.
   *
   * @throws IllegalStateException if the turn has written already: call {@link Storage#sync} first;
   *     or inside a transaction
   * @throws LimitExceededException if the object has 1,000 bookmarks of the last seven days
   */
  Bookmark current();

  /**
   * The state of the object at the latest moment that is kept, for another minute at least, and not
   * after {@code time}.
   *
   * @throws IllegalArgumentException if {@code time} is in the future, or before all that is kept
   * @throws LimitExceededException as {@link #current}
   */
  Bookmark at(Instant time);

  /**
   * The state of the object at a bookmark, to be read. It does not touch the live state.
   *
   * @throws IllegalArgumentException if it is not one of this object, or is not kept any more
   */
  Past view(Bookmark bookmark);

  /**
   * Has the object go back to a bookmark when its next activation begins: before its constructor
   * everything is as it was then, key-value storage and SQL alike. Usually {@link
   * ObjectContext#abort} follows in a later turn, or after {@link Storage#sync}: it is a write, and
   * what is not committed is dropped by an abort. Said again before that, the last one counts; said
   * with the bookmark that it returned, the object stays as it is. If the object is not opened
   * within seven days, it does not go back.
   *
   * @return a bookmark of the state right before it goes back, by which that can be undone; to be
   *     read once it has gone back
   * @throws IllegalArgumentException if it is not one of this object, or is not kept any more
   * @throws IllegalStateException inside a transaction
   * @throws LimitExceededException as {@link #current}
   */
  Bookmark restoreOnRestart(Bookmark bookmark);
}
