// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import dev.holdfast.ObjectId;
import java.time.Instant;

/**
 * An object that exists.
 *
 * @param id its id, with its name where it has one
 * @param created the second in which the generation of its first commit began
 * @param written the second in which the generation of its last commit began
 * @param bytes how many bytes of keys and values its entries have, all kinds included; not what is
 *     kept of its past
 */
public record DirectoryEntry(ObjectId id, Instant created, Instant written, long bytes) {}
