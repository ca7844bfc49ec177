// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An object that exists, in a listing: as its last durable write left it. Immutable.
 *
 * @param id its id, with its name where it has one
 * @param created the second of its first write
 * @param written the second of its last write
 * @param bytes how much it has stored: the keys and encoded values of its storage, its SQL database
 *     as it is kept, compressed, and what the platform keeps about it; not its past
 */
public record ObjectEntry(ObjectId id, Instant created, Instant written, long bytes) {
  public ObjectEntry {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(created, "created");
    Objects.requireNonNull(written, "written");
  }

  /** The object's name; empty if it was made with a unique id. */
  public Optional<String> name() {
    return id.name();
  }
}
