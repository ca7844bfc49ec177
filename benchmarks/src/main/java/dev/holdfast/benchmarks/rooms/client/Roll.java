// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.channel.EventLoop;

/** One message to each room, all at once. */
final class Roll extends Traffic {

  Roll(Crowd crowd, EventLoop loop) {
    super(crowd, loop, 0);
  }

  @Override
  void begin() {
    long now = System.nanoTime();
    crowd.rooms().forEach(room -> speak(room, now));
  }

  @Override
  void complete(Room room) {
    // That was all.
  }
}
