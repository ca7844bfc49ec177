// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.EntryKind;
import dev.holdfast.store.Pin;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was written and issued since the turn, or a savepoint within it, began. The lowest overlay
 * is the turn's; each open transaction puts one on top.
 */
final class Overlay implements Transaction {
  /** Stands for the absence of a value. */
  static final byte[] ABSENT = new byte[0];

  final @Nullable Overlay below;
  final TreeMap<EntryKey, byte[]> changes = new TreeMap<>();
  private @Nullable List<Output> outputs;
  private @Nullable List<Pin> pins;
  private @Nullable List<Runnable> rollbackActions;
  private boolean cleared;
  private long weight;

  Overlay(@Nullable Overlay below) {
    this.below = below;
    this.weight = weightBelow();
  }

  private long weightBelow() {
    return below == null ? 0 : below.weight;
  }

  /**
   * Whether everything that lies below was removed before {@link #changes}, but for what is kept
   * about the object.
   */
  boolean cleared() {
    return cleared;
  }

  /** How many bytes the commit will weigh against its limit, if no open transaction rolls back. */
  long weight() {
    return weight;
  }

  /** How many bytes of that weight the change of {@code key} has. */
  long weightOf(EntryKey key) {
    byte[] written = written(key);
    return written == null ? 0 : key.length() + written.length;
  }

  /** What this turn wrote under {@code key}, here or below; null if it wrote nothing. */
  byte @Nullable [] written(EntryKey key) {
    byte[] written = null;
    for (Overlay layer = this; layer != null && written == null; layer = layer.below) {
      written = layer.changes.get(key);
    }
    return written;
  }

  void write(EntryKey key, byte[] valueOrAbsent) {
    byte[] replaced = changes.put(key, valueOrAbsent);
    if (replaced == null && below != null) {
      replaced = below.written(key);
    }
    weight +=
        replaced == null
            ? key.length() + valueOrAbsent.length
            : valueOrAbsent.length - replaced.length;
  }

  /**
   * Forgets what was written here, but for what is kept about the object, which nothing clears.
   *
   * @param nothingBelow whether there is nothing below that would have to be removed
   */
  void clear(boolean nothingBelow) {
    changes.headMap(EntryKey.first(EntryKind.META)).clear();
    weight = weightBelow();
    changes.forEach((key, value) -> weight += key.length() + value.length);
    cleared |= !nothingBelow;
  }

  void issue(Output output) {
    if (outputs == null) {
      outputs = new ArrayList<>(4);
    }
    outputs.add(output);
  }

  void pin(Pin pin) {
    if (pins == null) {
      pins = new ArrayList<>(2);
    }
    pins.add(pin);
  }

  List<Pin> pins() {
    return pins == null ? List.of() : pins;
  }

  void onRollback(Runnable action) {
    if (rollbackActions == null) {
      rollbackActions = new ArrayList<>(4);
    }
    rollbackActions.add(action);
  }

  List<Output> outputs() {
    return outputs == null ? List.of() : outputs;
  }

  /** Whether anything was written but what is kept about the object, which comes last. */
  boolean hasData() {
    return cleared || (!changes.isEmpty() && changes.firstKey().kind() != EntryKind.META);
  }

  /** Whether nothing was written. */
  boolean isEmpty() {
    return changes.isEmpty() && !cleared;
  }

  /** Adds everything of {@code upper}, an overlay that lay on top of this one. */
  void absorb(Overlay upper) {
    changes.putAll(upper.changes);
    weight = upper.weight;
    if (upper.outputs != null) {
      upper.outputs.forEach(this::issue);
    }
    upper.pins().forEach(this::pin);
    if (upper.rollbackActions != null && below != null) {
      upper.rollbackActions.forEach(this::onRollback);
    }
  }

  /**
   * Drops everything, and runs the actions registered for that, last first, all of them. What they
   * throw is thrown at the end.
   */
  void undo() {
    changes.clear();
    pins = null;
    weight = weightBelow();
    List<Output> dropped = outputs();
    outputs = null;
    if (!dropped.isEmpty()) {
      StorageException rolledBack =
          new StorageException(
              "the transaction in which it was made was rolled back",
              Outcome.NOT_APPLIED,
              false,
              null);
      dropped.forEach(output -> output.drop(rolledBack));
    }
    List<Runnable> actions = rollbackActions;
    rollbackActions = null;
    if (actions != null) {
      runAll(actions.reversed());
    }
  }

  private static void runAll(List<Runnable> actions) {
    RuntimeException failure = null;
    for (Runnable action : actions) {
      try {
        action.run();
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
}
