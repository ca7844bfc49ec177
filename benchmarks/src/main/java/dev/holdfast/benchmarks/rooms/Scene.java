// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import java.util.List;

/**
 * Who is there, and what they say.
 *
 * @param rooms with as many members each
 * @param members of a room, each with a socket
 * @param underWay messages of a room that not everybody has, when as much is sent as can be
 * @param perSecond messages in all rooms together, when few are sent
 */
record Scene(int rooms, int members, int underWay, int perSecond) {
  /** The two of the benchmark; each delivers 5,000 messages a second when few are sent. */
  static final List<Scene> ALL = List.of(new Scene(1, 1_000, 10, 5), new Scene(100, 10, 2, 500));

  int sockets() {
    return rooms * members;
  }

  @Override
  public String toString() {
    return "%,d rooms of %,d".formatted(rooms, members);
  }
}
