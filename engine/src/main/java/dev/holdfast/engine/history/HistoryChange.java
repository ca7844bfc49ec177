// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.history;

import dev.holdfast.Bookmark;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.state.CacheBudget;
import dev.holdfast.engine.state.ObjectState;
import dev.holdfast.engine.state.SealedTurn;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.engine.state.Turns;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.Generation;
import dev.holdfast.store.LastCommit;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.View;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does to the history of an object, without any code of it. Nobody else may use
 * the object meanwhile: it is opened here, which makes every earlier opening void. What is refused
 * is refused before that, while nothing was changed: each change has a check that refuses the same.
 * The exception is a state that goes while the object, which is to go back, does so first.
 *
 * <p>One thread. If the store fails, what was done stays done, and the next opening of the object
 * goes on with it.
 */
public final class HistoryChange {
  private final ObjectStore store;
  private final ObjectRef object;
  private final InstantSource clock;

  /**
   * @param clock that of the store
   */
  public HistoryChange(ObjectStore store, ObjectRef object, InstantSource clock) {
    this.store = store;
    this.object = object;
    this.clock = clock;
  }

  /**
   * Makes the object what it was at the end of a generation, as {@link
   * dev.holdfast.History#restoreOnRestart} and a restart would.
   *
   * @return a bookmark of the state right before
   * @throws IllegalStateException if the object does not exist
   * @throws IllegalArgumentException if that state is not kept
   * @throws LimitExceededException if it has too many bookmarks
   */
  public Bookmark restore(Generation end) {
    checkRestore(end);
    Generation undo;
    OpenedObject opened = openFor(end);
    try {
      Instant now = clock.instant();
      Generation last = opened.generation();
      Generation to = earlier(end, last);
      // Nothing is committed in the generation that gives the undoing bookmark its name.
      undo = after(last, now);
      ObjectState state = state(opened);
      Instant until = new Bookmarks(object, state).handOut(undo, Generation.NONE, now);
      if (!to.equals(Generation.NONE)) {
        state.pin(Bookmarks.pin(to, until));
      }
      RewriteMark mark = new RewriteMark(object.id(), to, until, undo, to, null);
      state.put(MetaKeys.REWRITE, mark.encode());
      commit(opened, state, undo.next(), last);
    } finally {
      store.release(opened.opening());
    }
    Bookmark undoing = Bookmark.of(undo.packed(), object.id());
    try {
      store.release(open().opening());
    } catch (StorageException e) {
      throw new StorageException(
          "%s: it is to go back, and does so when it is used next; the bookmark that undoes it is %s; it did not do so now: %s"
              .formatted(object, undoing, e.getMessage()),
          Outcome.UNKNOWN,
          false,
          e);
    }
    return undoing;
  }

  /**
   * Hands out a bookmark of the state at the end of a generation, which keeps it for the time that
   * bookmarks are kept.
   *
   * @throws IllegalStateException if the object does not exist
   * @throws IllegalArgumentException if that state is not kept
   * @throws LimitExceededException if it has too many bookmarks
   */
  public Bookmark keep(Generation end) {
    checkKeep(end);
    OpenedObject opened = openFor(end);
    try {
      Instant now = clock.instant();
      Generation last = opened.generation();
      Generation changed = LastChange.before(store, object, opened.seq(), last);
      Generation kept = earlier(end, changed);
      ObjectState state = state(opened);
      Bookmarks bookmarks = new Bookmarks(object, state);
      HandedOut known = bookmarks.find(kept, now);
      if (!kept.equals(Generation.NONE)
          && (known == null || known.until().isBefore(Bookmarks.until(now)))) {
        bookmarks.handOut(kept, kept, now);
        commit(
            opened,
            state,
            kept.equals(last) ? after(last, now) : last.advancedTo(now.getEpochSecond()),
            changed);
      }
      return Bookmark.of(kept.packed(), object.id());
    } finally {
      store.release(opened.opening());
    }
  }

  /**
   * Makes the object, which must not exist, what another one was at the end of a generation.
   *
   * @param name the name to keep with it; null if it has none
   * @param source the other one, of the same namespace
   * @param bookmark of the other one, handed out
   * @throws IllegalStateException if the object exists
   * @throws IllegalArgumentException if the bookmark is not kept
   */
  public void fork(@Nullable String name, ObjectRef source, Bookmark bookmark) {
    HandedOut then = find(source, bookmark);
    OpenedObject opened = store.open(object, name);
    try {
      if (opened.seq() > 0) {
        throw exists(source, object);
      }
      Generation named = new Generation(bookmark.moment());
      Rewrite.fork(store, opened, source.id(), named, then, clock.instant());
    } catch (Rewrite.SourceGone e) {
      throw notKept(source, bookmark);
    } finally {
      store.release(opened.opening());
    }
  }

  /** Throws what {@link #fork} would of the other object and its bookmark. */
  public void checkFork(ObjectRef source, Bookmark bookmark) {
    HandedOut _ = find(source, bookmark);
  }

  private HandedOut find(ObjectRef source, Bookmark bookmark) {
    HandedOut then =
        Rewrite.find(store, source, new Generation(bookmark.moment()), clock.instant());
    if (then == null) {
      throw notKept(source, bookmark);
    }
    if (then.isAwaited() && bookmark.moment() > 0) {
      throw new IllegalArgumentException(
          "fork of %s: its bookmark %s is of the moment right before it goes back, and it has not yet"
              .formatted(source, bookmark));
    }
    return then;
  }

  private static IllegalArgumentException notKept(ObjectRef source, Bookmark bookmark) {
    return new IllegalArgumentException(
        "fork of %s: its bookmark %s is not kept; ask it for another with history().at(time)"
            .formatted(source, bookmark));
  }

  /** Why an object cannot be made a fork. */
  public static IllegalStateException exists(ObjectRef source, ObjectRef object) {
    return new IllegalStateException(
        "fork of %s into %s, which exists; choose another name".formatted(source, object));
  }

  /** Throws what {@link #restore} would: it takes one bookmark, which undoes it. */
  public void checkRestore(Generation end) {
    LastCommit _ = checkKept(end);
    Bookmarks.checkRoom(object, bookmarks().values());
  }

  /** Throws what {@link #keep} would: it takes one bookmark, unless the state has one. */
  public void checkKeep(Generation end) {
    LastCommit last = checkKept(end);
    Generation changed = LastChange.before(store, object, last.seq(), last.generation());
    // If it is to go back, it does so before, and its present is another one.
    boolean changes = store.get(object, MetaKeys.REWRITE, View.current()) != null;
    Generation kept = changes ? end : earlier(end, changed);
    Map<Generation, HandedOut> bookmarks = bookmarks();
    if (!kept.equals(Generation.NONE) && !bookmarks.containsKey(kept)) {
      Bookmarks.checkRoom(object, bookmarks.values());
    }
  }

  private Map<Generation, HandedOut> bookmarks() {
    return new KeptStates(store, object, clock.instant()).bookmarks();
  }

  /**
   * Refuses a state that is not kept, or not for long enough.
   *
   * @return the last commit of the object
   * @throws IllegalStateException if the object does not exist
   * @throws IllegalArgumentException if that state is not kept
   */
  public LastCommit checkKept(Generation end) {
    LastCommit last = store.lastCommit(object);
    if (last == null) {
      throw doesNotExist();
    }
    Instant now = clock.instant();
    new KeptStates(store, object, now).check(end);
    // What keeps it has to be durable before it may be removed, as the present is not.
    boolean past = end.compareTo(last.generation()) < 0;
    if (past && !new KeptStates(store, object, now.plus(ObjectHistory.LEAST_KEPT)).isKept(end)) {
      throw new IllegalArgumentException(
          "%s: its state at the bookmark %s goes within a minute, and may not be there any more when it is needed; name a moment that is kept for longer, as full minutes and hours are"
              .formatted(object, Bookmark.of(end.packed(), object.id())));
    }
    return last;
  }

  private IllegalStateException doesNotExist() {
    return new IllegalStateException(object + " does not exist: it has never stored anything");
  }

  /**
   * Opens the object, and has it end what it has begun. That may take long, so whether the state is
   * kept is seen again.
   *
   * @throws IllegalArgumentException if it is not any more
   */
  private OpenedObject openFor(Generation end) {
    OpenedObject opened = open();
    try {
      LastCommit _ = checkKept(end);
      return opened;
    } catch (RuntimeException | Error e) {
      store.release(opened.opening());
      throw e;
    }
  }

  /** Opens the object, and has it end what it has begun. */
  private OpenedObject open() {
    OpenedObject opened = store.open(object, null);
    boolean rewritten = false;
    try {
      rewritten = Rewrite.complete(store, opened, clock.instant());
      opened = rewritten ? store.open(object, null) : opened;
      if (opened.seq() == 0) {
        throw doesNotExist();
      }
      return opened;
    } catch (RuntimeException | Error e) {
      store.release(opened.opening());
      throw e;
    }
  }

  private ObjectState state(OpenedObject opened) {
    return new ObjectState(
        opened,
        store,
        StateLimits.DEFAULT,
        new CacheBudget(Long.MAX_VALUE),
        new OneTurn(opened.seq() + 1));
  }

  private static Generation earlier(Generation a, Generation b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** A generation of that time that comes after another. */
  private static Generation after(Generation last, Instant now) {
    Generation at = last.advancedTo(now.getEpochSecond());
    return at.equals(last) ? last.next() : at;
  }

  /**
   * Commits what is kept about the object.
   *
   * @param changed the generation of its last commit that changed more
   */
  private void commit(
      OpenedObject opened, ObjectState state, Generation generation, Generation changed) {
    long seq = opened.seq() + 1;
    SealedTurn turn = state.seal(seq);
    store.commit(
        CommitGroup.of(
            new Commit(
                opened.opening(),
                seq,
                generation,
                turn.clear(),
                LastChange.noted(turn.changes(), seq, changed),
                null,
                turn.pins())));
  }

  /** The one turn that is the change: there is nobody else. */
  private record OneTurn(long nextSeq) implements Turns {
    @Override
    public void checkThread() {}

    @Override
    public long turn() {
      return 0;
    }

    @Override
    public void awaitCommits() {}

    @Override
    public Error failed(StorageException failure) {
      throw failure;
    }

    @Override
    public void sync() {
      throw new IllegalStateException("it commits once, at its end");
    }
  }
}
