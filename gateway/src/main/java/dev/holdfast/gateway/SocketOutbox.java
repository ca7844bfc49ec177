// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What objects send to the sockets of one event loop, on its way there. A message to all who are in
 * a room is many writes at once: they wake the event loop once, and each socket is flushed once.
 * Any thread adds.
 */
final class SocketOutbox {
  private final EventLoop loop;
  private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();

  /** Something for one socket, in its turn. */
  interface Write {
    /** Writes, without flushing. Event loop only. */
    void write();

    /** Whose it is. */
    ClientSocket socket();
  }

  SocketOutbox(EventLoop loop) {
    this.loop = loop;
  }

  void add(Write write) {
    writes.add(write);
    if (!awake.getAndSet(true)) {
      try {
        loop.execute(this::drain);
      } catch (RejectedExecutionException e) {
        writes.clear(); // the gateway has stopped, and closed all connections
      }
    }
  }

  private void drain() {
    // Before the first is taken: whoever adds one that is not seen below wakes the loop again.
    awake.set(false);
    Set<ClientSocket> touched = new LinkedHashSet<>();
    for (Write next = writes.poll(); next != null; next = writes.poll()) {
      next.write();
      touched.add(next.socket());
    }
    touched.forEach(ClientSocket::flush);
  }
}
