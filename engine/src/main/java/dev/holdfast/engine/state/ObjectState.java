// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.LimitExceededException;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.store.Change;
import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import dev.holdfast.store.OpenedObject;
import dev.holdfast.store.Pin;
import dev.holdfast.store.ScanRange;
import dev.holdfast.store.View;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * One object's entries as its activation sees them: the overlays of the turn, over the cache, over
 * the store. Object thread only.
 */
public final class ObjectState implements Entries {
  private final ObjectRef object;
  private final ObjectStore store;
  private final StateLimits limits;
  private final EntryCache cache;
  private final Turns turns;
  private final Quota quota;
  private @Nullable Overlay top;

  /** How many transactions are open. */
  private int depth;

  private volatile @Nullable TurnPart part;

  /** Whether entries may exist that only the part knows. */
  private boolean partStored;

  /** Whether everything that was stored when the object was opened was removed. */
  private boolean cleared;

  private long version;
  private @Nullable EntryKey lastWritten;
  private final Quota.Sizes sizes = new TurnSizes(this);

  /**
   * The state of an object that was just opened.
   *
   * @param turns those of the activation
   */
  public ObjectState(
      OpenedObject opened, ObjectStore store, StateLimits limits, CacheBudget budget, Turns turns) {
    this.object = opened.opening().object();
    this.store = store;
    this.limits = limits;
    this.turns = turns;
    this.quota = new Quota(opened, store, turns, limits.objectBytes());
    List<Entry> mine = opened.entries().stream().filter(ObjectState::isCached).toList();
    this.partStored = !opened.whole() || mine.size() < opened.entries().size();
    this.cache = new EntryCache(mine, opened.whole(), limits.cachedBytesPerObject(), budget);
  }

  /** Whether an entry says something about the object, and so stays when all is removed. */
  static boolean isAboutObject(EntryKey key) {
    return key.kind() == EntryKind.META;
  }

  /** Pages are in SQLite's own cache. */
  private static boolean isCached(Entry entry) {
    return entry.key().kind() != EntryKind.PAGE;
  }

  /** From now on it takes part in the turns. */
  public void join(TurnPart newPart) {
    part = newPart;
    if (cleared) {
      newPart.clear();
    }
  }

  /** How many transactions are open. */
  public int depth() {
    return depth;
  }

  ObjectRef object() {
    return object;
  }

  /** The object's limits. */
  @Override
  public StateLimits limits() {
    return limits;
  }

  /** The value of an entry; null if there is none. */
  @Override
  public byte @Nullable [] get(EntryKey key) {
    for (Overlay overlay = top; overlay != null; overlay = overlay.below) {
      byte[] written = overlay.changes.get(key);
      if (written != null) {
        return written == Overlay.ABSENT ? null : written;
      }
      if (overlay.cleared() && !isAboutObject(key)) {
        return null;
      }
    }
    return sealed(key);
  }

  /** The value of an entry after the turns that were sealed; null if there is none. */
  byte @Nullable [] sealed(EntryKey key) {
    byte[] cached = cache.get(key);
    if (cached != null) {
      return cached == Overlay.ABSENT ? null : cached;
    }
    byte[] stored;
    try {
      stored = store.get(object, key, View.current());
    } catch (StorageException e) {
      throw turns.failed(e);
    }
    cache.read(key, stored == null ? Overlay.ABSENT : stored);
    return stored;
  }

  /** Stores a value under a key. */
  public void put(EntryKey key, byte[] value) {
    write(key, value);
  }

  /** Removes the entry under a key. */
  public void delete(EntryKey key) {
    write(key, Overlay.ABSENT);
  }

  private void write(EntryKey key, byte[] valueOrAbsent) {
    Overlay overlay = overlay();
    long weight = overlay.weight() + key.length() + valueOrAbsent.length;
    if (weight > limits.commitBytes()) {
      weight -= overlay.weightOf(key);
      if (weight > limits.commitBytes()) {
        throw new LimitExceededException(
            "%s: this turn's writes would reach %d bytes, limit %d (limits.commit-bytes); write less in one turn, or split it with sync()"
                .formatted(object, weight, limits.commitBytes()));
      }
    }
    int length = key.length() + valueOrAbsent.length;
    quota.write(key, valueOrAbsent == Overlay.ABSENT ? 0 : length, sizes);
    overlay.write(key, valueOrAbsent);
    version++;
    lastWritten = key;
  }

  /** Removes everything. What does not exist is not removed, so it begins not to exist by that. */
  void clear() {
    overlay().clear(cache.empty() && !partStored);
    cleared = true;
    quota.cleared();
    if (part != null) {
      part.clear();
    }
    changed();
  }

  /**
   * Something beside the entries, of the object's own, is about to grow.
   *
   * @param bytes by how many this turn makes it grow, with what it did before
   * @throws LimitExceededException if the object would have stored more than it may
   */
  public void grow(long bytes) {
    quota.grow(bytes, sizes);
  }

  /** How many bytes are stored, with what this turn has written so far; may wait for commits. */
  public long bytes() {
    return quota.bytes(sizes);
  }

  /** By how many bytes this turn has made grow what is beside the entries. */
  long grownBeside() {
    return part == null ? 0 : part.growth();
  }

  /** What was written since the turn began, the uppermost first; null if nothing was. */
  @Nullable Overlay written() {
    return top;
  }

  /** The entries of a range after the turns that were sealed. */
  List<Entry> sealedPage(ScanRange range) {
    return read(range, sealedLayers(range));
  }

  private void changed() {
    version++;
    lastWritten = null;
  }

  /** How often what can be read has changed: whoever remembers what was read compares it. */
  long version() {
    return version;
  }

  /** The key that the last change wrote; null if it changed more than that. */
  @Nullable EntryKey lastWritten() {
    return lastWritten;
  }

  /** The existing entries of a range, in its direction, up to its bounds. */
  @Override
  public List<Entry> page(ScanRange range) {
    if (range.from().compareTo(range.to()) >= 0) {
      return List.of();
    }
    return read(range, layers(range));
  }

  private List<Entry> read(ScanRange range, List<Iterator<Map.Entry<EntryKey, byte[]>>> layers) {
    try {
      return page(range, new MergedScan(layers, range.reverse()));
    } catch (StorageException e) {
      throw turns.failed(e);
    }
  }

  private static List<Entry> page(ScanRange range, MergedScan scan) {
    List<Entry> page = new ArrayList<>();
    long bytes = 0;
    while (page.size() < range.maxEntries() && bytes < range.maxBytes()) {
      Entry entry = scan.next();
      if (entry == null) {
        break;
      }
      page.add(entry);
      bytes += entry.key().length() + entry.value().length;
    }
    return page;
  }

  private List<Iterator<Map.Entry<EntryKey, byte[]>>> layers(ScanRange range) {
    List<Iterator<Map.Entry<EntryKey, byte[]>>> layers = new ArrayList<>(4);
    for (Overlay overlay = top; overlay != null; overlay = overlay.below) {
      NavigableMap<EntryKey, byte[]> written =
          overlay.changes.subMap(range.from(), true, range.to(), false);
      layers.add((range.reverse() ? written.descendingMap() : written).entrySet().iterator());
      if (overlay.cleared() && !isAboutObject(range.from())) {
        return layers;
      }
    }
    layers.addAll(sealedLayers(range));
    return layers;
  }

  /** Those of the turns that were sealed. */
  private List<Iterator<Map.Entry<EntryKey, byte[]>>> sealedLayers(ScanRange range) {
    List<Iterator<Map.Entry<EntryKey, byte[]>>> layers = new ArrayList<>(2);
    layers.add(cache.entries(range.from(), range.to(), range.reverse()));
    if (!cache.whole() || isAboutObject(range.from())) {
      layers.add(new StoredEntries(store, object, range, View.current()));
    }
    return layers;
  }

  /** Keeps an output until the turn is sealed; it falls with the innermost open transaction. */
  public void issue(Output output) {
    overlay().issue(output);
  }

  /** Has the turn's commit keep a moment; it falls with the innermost open transaction. */
  public void pin(Pin pin) {
    overlay().pin(pin);
  }

  /** Whether the turn has written anything of the object's own so far. */
  public boolean hasWritten() {
    boolean written = part != null && part.hasWritten();
    for (Overlay overlay = top; overlay != null && !written; overlay = overlay.below) {
      written = overlay.hasData();
    }
    return written;
  }

  /** Whether a transaction is open. */
  public boolean inTransaction() {
    return depth > 0;
  }

  /** Begins a transaction within those that are open. */
  public Transaction beginTransaction() {
    Overlay begun = new Overlay(overlay());
    top = begun;
    depth++;
    return begun;
  }

  /** Which of the open transactions that one is, from 1, the outermost; 0 if it has ended. */
  public int depthOf(Transaction transaction) {
    int at = depth;
    for (Overlay overlay = top; overlay != null && at > 0; overlay = overlay.below) {
      if (overlay == transaction) {
        return at;
      }
      at--;
    }
    return 0;
  }

  /** Ends the innermost transaction, keeping what it wrote. */
  public void commitTransaction() {
    Overlay ended = transaction();
    Overlay below = ended.below;
    if (below != null) {
      below.absorb(ended);
    }
    top = below;
    depth--;
    if (part != null) {
      part.keepTo(depth);
    }
  }

  /** Ends the innermost transaction, undoing what it wrote. */
  public void rollbackTransaction() {
    Overlay ended = transaction();
    top = ended.below;
    depth--;
    changed();
    quota.undone();
    undoPart(depth);
    ended.undo();
  }

  /**
   * Ends the innermost transactions until so many are left, undoing what they wrote. What actions
   * throw that were to be run then is thrown at the end.
   */
  public void rollbackTo(int left) {
    RuntimeException failure = null;
    while (depth > left) {
      try {
        rollbackTransaction();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Undoes what the innermost transaction wrote; it stays open. */
  void undoTransaction() {
    Overlay open = transaction();
    changed();
    quota.undone();
    undoPart(depth - 1);
    open.undo();
  }

  private void undoPart(int to) {
    if (part != null) {
      part.undoTo(to);
    }
  }

  void onRollback(Runnable action) {
    transaction().onRollback(action);
  }

  private Overlay transaction() {
    Overlay overlay = top;
    if (overlay == null || overlay.below == null) {
      throw new IllegalStateException(
          object + ": no transaction is open; call this inside storage.transaction(...)");
    }
    return overlay;
  }

  /** The turn, or the part of it so far, is to be sealed: whatever can fail of that does so now. */
  public void endTurn() {
    if (part != null) {
      part.turnEnds();
      checkNoTransaction();
      part.endTurn();
    }
  }

  /** Whether the turn wrote or issued nothing so far. */
  public boolean nothingToSeal() {
    return (top == null || (depth == 0 && top.isEmpty() && top.outputs().isEmpty()))
        && (part == null || !part.changed());
  }

  /**
   * Ends the turn, or the part of it so far: its writes go to the cache as those of commit {@code
   * seq} if there are any.
   */
  public SealedTurn seal(long seq) {
    checkNoTransaction();
    Overlay turn = overlay();
    top = null;
    List<Change> ofPart = part == null ? List.of() : part.takeChanges(seq);
    if (turn.isEmpty() && ofPart.isEmpty()) {
      return new SealedTurn(false, false, List.of(), List.of(), turn.outputs());
    }
    List<Change> changes = new ArrayList<>(turn.changes.size() + ofPart.size());
    turn.changes.forEach(
        (key, value) -> changes.add(new Change(key, value == Overlay.ABSENT ? null : value)));
    changes.addAll(ofPart);
    partStored |= !ofPart.isEmpty();
    quota.sealed(turn.weight(), ofPart.stream().mapToLong(Change::weight).sum());
    cache.written(turn, seq);
    return new SealedTurn(true, turn.cleared(), changes, turn.pins(), turn.outputs());
  }

  /** The commit of the turn that was sealed has a change beside those of the turn. */
  public void added(Change change) {
    quota.added(change.weight());
  }

  /**
   * Learns that all commits up to {@code seq} are durable, so that the cache may let go of them.
   */
  public void durable(long seq) {
    cache.durable(seq);
  }

  private void checkNoTransaction() {
    if (depth > 0) {
      throw new IllegalStateException(object + ": a transaction is open");
    }
  }

  /** The activation is over, and a turn of it may be within that does not end. Any thread. */
  public void interrupt() {
    TurnPart running = part;
    if (running != null) {
      running.interrupt();
    }
  }

  /** The activation goes to sleep. Any thread; blocks for nothing. */
  public void sleeps() {
    TurnPart sleeping = part;
    if (sleeping != null) {
      sleeping.sleeps();
    }
  }

  /**
   * Gives the memory back: the activation is over.
   *
   * @param orderly whether all that was sealed is certainly committed
   */
  public void release(boolean orderly) {
    cache.release();
    if (part != null) {
      part.release(orderly);
    }
  }

  private Overlay overlay() {
    Overlay overlay = top;
    if (overlay == null) {
      overlay = new Overlay(null);
      top = overlay;
    }
    return overlay;
  }
}
