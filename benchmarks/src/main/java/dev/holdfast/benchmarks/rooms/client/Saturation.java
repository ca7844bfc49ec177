// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import io.netty.channel.EventLoop;

/**
 * As much as the server can do: in each room a fixed number of messages is under way, and the next
 * is sent when everybody has one of them.
 */
final class Saturation extends Traffic {
  private final int underWay;

  Saturation(Crowd crowd, EventLoop loop, long lengthNanos, int underWay) {
    super(crowd, loop, lengthNanos);
    this.underWay = underWay;
  }

  @Override
  void begin() {
    for (int i = 0; i < underWay; i++) {
      crowd.rooms().forEach(this::complete);
    }
  }

  @Override
  void complete(Room room) {
    speak(room, System.nanoTime());
  }
}
