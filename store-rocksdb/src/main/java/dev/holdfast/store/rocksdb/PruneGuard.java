// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import dev.holdfast.ObjectId;

/** Placeholder for the first version. */
final class PruneGuard {
  void pinned(int namespace, ObjectId id) {}
}
