// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All rooms. What one round of the event loop writes to a member is flushed once, at its end, as
 * ours does. Event loop only.
 */
final class Rooms {
  private final EventLoop loop;
  private final Map<String, Room> byName = new HashMap<>();

  /** Members with something that is not flushed. */
  private List<Member> touched = new ArrayList<>();

  private List<Member> spare = new ArrayList<>();

  Rooms(EventLoop loop) {
    this.loop = loop;
  }

  Room named(String name) {
    return byName.computeIfAbsent(name, _ -> new Room(this));
  }

  void touched(Member member) {
    touched.add(member);
    if (touched.size() == 1) {
      loop.execute(this::flush);
    }
  }

  private void flush() {
    List<Member> round = touched;
    touched = spare;
    for (Member member : round) {
      member.flush();
    }
    round.clear();
    spare = round;
  }
}
