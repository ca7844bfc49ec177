// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the store takes from the machine besides the files of its directory; tests put other things
 * in their place.
 *
 * @param writes what stands between the committer and the database
 * @param usableBytes how much space the disk has; null to ask the disk
 * @param nanos a clock that never jumps
 * @param random where secrets come from
 */
record Surroundings(
    UnaryOperator<BatchWriter> writes,
    @Nullable LongSupplier usableBytes,
    LongSupplier nanos,
    RandomGenerator random) {

  /** The machine itself. */
  static Surroundings real() {
    return new Surroundings(UnaryOperator.identity(), null, System::nanoTime, new SecureRandom());
  }
}
