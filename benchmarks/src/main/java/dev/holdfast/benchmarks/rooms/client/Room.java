// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import java.util.Arrays;

/**
 * A room as its members see it, and the check of what it promises: every member gets every message
 * once, and all get them in one order, in which those of one sender keep theirs. Event loop only.
 *
 * <p>Whoever is the first to get the k-th message of the room says which one that is; the k-th of
 * every other member must be the same. A message is complete when all have it; since each gets them
 * in order, they become complete in order.
 */
final class Room {
  /** How far the slowest member may be behind the fastest, a power of two. */
  private static final int WINDOW = 1 << 12;

  private final Member[] members;

  /** The message at each place of the order, for the places that are not complete. */
  private final long[] ids = new long[WINDOW];

  /** How many have got it. */
  private final int[] arrivals = new int[WINDOW];

  /** The number of the last message of each sender that somebody got, and of the last sent. */
  private final int[] seen;

  private final int[] sent;

  private int known;
  private int complete;
  private int nextSender;

  Room(int size) {
    members = new Member[size];
    seen = new int[size];
    sent = new int[size];
    Arrays.fill(seen, -1);
    Arrays.fill(sent, -1);
  }

  /** To be filled. */
  Member[] members() {
    return members;
  }

  /** Lets the member whose turn it is say something. */
  void speak(long sentAt) {
    int sender = nextSender;
    nextSender = sender + 1 == members.length ? 0 : sender + 1;
    members[sender].send(sentAt, said(sender));
  }

  /** Counts that a member says something; returns the id of it. */
  long said(int sender) {
    sent[sender]++;
    return Message.id(sender, sent[sender]);
  }

  /**
   * A member got a message as its {@code place}-th.
   *
   * @return whether now all have it
   */
  boolean arrived(int place, long id) {
    int slot = place & WINDOW - 1;
    if (place == known) {
      learn(id, slot);
    } else if (ids[slot] != id) {
      throw new WrongDelivery(
          "message %d of a room was %s for one member and %s for another"
              .formatted(place, name(ids[slot]), name(id)));
    }
    arrivals[slot]++;
    if (arrivals[slot] < members.length) {
      return false;
    }
    complete++;
    return true;
  }

  private void learn(long id, int slot) {
    int sender = Message.sender(id);
    if (sender < 0 || sender >= members.length || Message.number(id) != seen[sender] + 1) {
      throw new WrongDelivery(
          "%s came where message %d of its sender was due: it is lost, out of order, or came twice"
              .formatted(name(id), sender < 0 || sender >= members.length ? -1 : seen[sender] + 1));
    }
    if (Message.number(id) > sent[sender]) {
      throw new WrongDelivery(name(id) + " came, which nobody has sent");
    }
    if (known - complete == WINDOW) {
      throw new WrongDelivery(
          "one member of a room is %d messages ahead of another".formatted(WINDOW));
    }
    seen[sender]++;
    ids[slot] = id;
    arrivals[slot] = 0;
    known++;
  }

  private static String name(long id) {
    return "message %d of member %d".formatted(Message.number(id), Message.sender(id));
  }
}
