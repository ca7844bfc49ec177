// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What objects send to the sockets of one event loop, on its way there. A message to all who are in
 * a room is many writes at once: they wake the event loop once, and each socket is flushed once
 * when all are written, or after some rounds. A round is bounded, since the event loop has others
 * to serve. Any thread adds.
 */
final class SocketOutbox {
  private static final int ROUND = 1_024;

  /** Messages to one socket go out together, though others are served between the rounds. */
  private static final int ROUNDS_OF_A_FLUSH = 16;

  private final EventLoop loop;
  private final SocketCodec codec;

  /**
   * What was added last, linked to what was before it. Whoever finds nothing wakes the event loop,
   * which takes all at once: so it is awake as long as there is something.
   */
  private final AtomicReference<@Nullable Outgoing> newest = new AtomicReference<>();

  // Event loop only.
  private @Nullable Outgoing first;
  private @Nullable Outgoing last;
  private final List<ClientSocket> touched = new ArrayList<>();
  private int rounds;

  SocketOutbox(EventLoop loop, SocketCodec codec) {
    this.loop = loop;
    this.codec = codec;
  }

  /** How messages become bytes and back, for the sockets of the event loop. */
  SocketCodec codec() {
    return codec;
  }

  void add(Outgoing outgoing) {
    Outgoing before;
    do {
      before = newest.get();
      outgoing.next = before;
    } while (!newest.compareAndSet(before, outgoing));
    if (before == null) {
      wake();
    }
  }

  private void wake() {
    try {
      loop.execute(this::round);
    } catch (RejectedExecutionException e) {
      newest.set(null); // the gateway has stopped, and closed all connections
    }
  }

  private void round() {
    takeNew();
    Outgoing next = first;
    for (int i = 0; i < ROUND && next != null; i++) {
      Outgoing current = next;
      next = current.next;
      current.next = null; // what a slow client lets wait keeps no other alive
      write(current);
    }
    first = next;
    if (next == null) {
      last = null;
    }
    codec.forget();
    rounds++;
    if (next == null || rounds == ROUNDS_OF_A_FLUSH) {
      rounds = 0;
      flush();
    }
    if (next != null) {
      wake();
    }
  }

  /** Puts what was added behind what is left of the last round, the other way round. */
  private void takeNew() {
    Outgoing end = newest.getAndSet(null);
    Outgoing order = null;
    for (Outgoing link = end; link != null; ) {
      Outgoing before = link.next;
      link.next = order;
      order = link;
      link = before;
    }
    if (order == null) {
      return;
    }
    Outgoing left = first;
    Outgoing tail = last;
    if (left == null || tail == null) {
      first = order;
    } else {
      tail.next = order;
    }
    last = end;
  }

  /** One that fails takes nothing from the others. */
  private void write(Outgoing outgoing) {
    ClientSocket socket = outgoing.socket();
    if (socket.touch()) {
      touched.add(socket);
    }
    try {
      socket.write(outgoing);
    } catch (RuntimeException | Error e) {
      socket.broke(e);
    }
  }

  private void flush() {
    for (ClientSocket socket : touched) {
      try {
        socket.flush();
      } catch (RuntimeException | Error e) {
        socket.broke(e);
      }
    }
    touched.clear();
  }
}
