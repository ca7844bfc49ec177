// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.Outcome;
import dev.holdfast.StorageException;
import dev.holdfast.store.ObjectRef;

/** What an object keeps about itself, beside its data, and cannot be read. */
public final class DamagedRecord {
  private DamagedRecord() {}

  /**
   * Why nothing can be done with it.
   *
   * @param what it is about: "its last change"
   * @param why it cannot be read
   */
  public static StorageException failure(ObjectRef object, String what, RuntimeException why) {
    return new StorageException(
        "%s: what it keeps about %s cannot be read: %s; delete the object, or restore a backup"
            .formatted(object, what, why.getMessage()),
        Outcome.NOT_APPLIED,
        false,
        why);
  }
}
