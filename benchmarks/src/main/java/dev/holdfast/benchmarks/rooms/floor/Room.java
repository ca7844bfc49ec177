// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.floor;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** The members of a room. Event loop only. */
final class Room {
  private final Rooms rooms;
  private final List<Member> members = new ArrayList<>();

  Room(Rooms rooms) {
    this.rooms = rooms;
  }

  void join(Member member) {
    members.add(member);
  }

  void leave(Member member) {
    members.remove(member);
  }

  /** Sends a text to all members, encoded once. */
  void tell(ByteBuf text) {
    ByteBuf frame = Frames.text(text);
    for (Member member : members) {
      if (member.write(frame.retainedDuplicate())) {
        rooms.touched(member);
      }
    }
    frame.release();
  }
}
