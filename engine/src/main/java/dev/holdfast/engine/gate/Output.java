// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.gate;

import dev.holdfast.StorageException;

/** Something that leaves an object: an answer, a call. It happens once, as one of the two. */
public interface Output {

  /** Every commit it had to wait for is durable: let it go. Must not block. */
  void leave();

  /** A commit it had to wait for failed: it never leaves. Must not block. */
  void drop(StorageException failure);
}
