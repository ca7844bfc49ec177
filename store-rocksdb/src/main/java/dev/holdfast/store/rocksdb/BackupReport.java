// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What a backup holds. Immutable.
 *
 * @param folder where it lies, or what was made of it
 * @param takenAt when it was begun, by the store's clock: every commit confirmed before is in it
 * @param files how many files it has
 * @param bytes how many bytes they have
 */
public record BackupReport(Path folder, Instant takenAt, int files, long bytes) {}
