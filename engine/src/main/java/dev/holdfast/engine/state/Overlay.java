// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.store.EntryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was written and issued since the turn, or a savepoint within it, began. The lowest overlay
 * is the turn's; each open transaction puts one on top.
 */
final class Overlay {
  /** Stands for the absence of a value. */
  static final byte[] ABSENT = new byte[0];

  final @Nullable Overlay below;
  final TreeMap<EntryKey, byte[]> changes = new TreeMap<>();
  private @Nullable List<Output> outputs;
  private @Nullable List<Runnable> rollbackActions;
  private boolean cleared;
  private long weight;

  Overlay(@Nullable Overlay below) {
    this.below = below;
  }

  /** Whether everything that lies below was removed before {@link #changes}. */
  boolean cleared() {
    return cleared;
  }

  /** How many bytes the changes weigh against the limit of a commit, those below included. */
  long totalWeight() {
    return below == null ? weight : weight + below.totalWeight();
  }

  void write(EntryKey key, byte[] valueOrAbsent) {
    byte[] replaced = changes.put(key, valueOrAbsent);
    weight +=
        replaced == null
            ? key.length() + valueOrAbsent.length
            : valueOrAbsent.length - replaced.length;
  }

  void clear() {
    changes.clear();
    weight = 0;
    cleared = true;
  }

  void issue(Output output) {
    if (outputs == null) {
      outputs = new ArrayList<>(4);
    }
    outputs.add(output);
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

  boolean isEmpty() {
    return changes.isEmpty() && !cleared;
  }

  /** Adds everything of {@code upper}, an overlay that lay on top of this one. */
  void absorb(Overlay upper) {
    upper.changes.forEach(this::write);
    if (upper.outputs != null) {
      upper.outputs.forEach(this::issue);
    }
    if (upper.rollbackActions != null && below != null) {
      upper.rollbackActions.forEach(this::onRollback);
    }
  }

  /** Drops everything, and runs the actions registered for that, last first. */
  void undo() {
    changes.clear();
    weight = 0;
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
      actions.reversed().forEach(Runnable::run);
    }
  }
}
