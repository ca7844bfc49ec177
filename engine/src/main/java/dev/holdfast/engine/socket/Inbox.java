// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and its object has not taken: messages in their order, then the end. One
 * at a time is at the object; what the object certainly did not apply is brought again, first at
 * once, then after pauses. Thread-safe.
 *
 * <p>Beyond a bound of bytes nothing more is read from the client, so nothing is lost and memory is
 * bounded.
 */
public final class Inbox {
  /** How often one event is brought, over about twenty seconds. */
  private static final int MAX_ATTEMPTS = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Socket socket;

  // Guarded by this.
  private @Nullable ArrayDeque<WebSocketMessage> messages;
  private long bytes;
  private @Nullable WebSocketClose end;
  private boolean busy;
  private boolean resting;
  private boolean deaf;
  private boolean full;
  private byte attempts;

  Inbox(Socket socket) {
    this.socket = socket;
  }

  /** Takes a message. */
  void add(WebSocketMessage message) {
    boolean filled;
    synchronized (this) {
      if (deaf || end != null) {
        return;
      }
      ArrayDeque<WebSocketMessage> queue = messages;
      if (queue == null) {
        queue = new ArrayDeque<>(2);
        messages = queue;
      }
      queue.add(message);
      bytes += size(message);
      filled = !full && bytes > bound();
      full |= filled;
    }
    if (filled) {
      socket.flowChanged();
    }
    bring();
  }

  /** Whether more may be read from the client. Each change is told to the connection after it. */
  synchronized boolean takesMore() {
    return !full;
  }

  /** Nothing comes any more. */
  void end(WebSocketClose how) {
    synchronized (this) {
      end = how;
    }
    bring();
  }

  /** Brings what is next, unless something is at the object, or nobody brings events now. */
  void bring() {
    WebSocketMessage message;
    WebSocketClose close;
    SocketEvents events;
    synchronized (this) {
      events = socket.owner().table().events(socket.object().namespace());
      message = messages == null ? null : messages.peek();
      close = end;
      if (events == null || busy || resting || (message == null && close == null)) {
        return;
      }
      busy = true;
    }
    if (message != null) {
      events.message(socket, message);
    } else if (close != null) {
      events.closed(socket, close);
    }
  }

  /** The object has taken what was brought. */
  public void taken() {
    boolean told = false;
    boolean room = false;
    synchronized (this) {
      busy = false;
      attempts = 0;
      ArrayDeque<WebSocketMessage> queue = messages;
      WebSocketMessage message = queue == null ? null : queue.poll();
      if (queue == null || message == null) {
        told = true;
      } else {
        bytes -= size(message);
        room = full && bytes <= bound() / 2;
        full &= !room;
        messages = queue.isEmpty() ? null : queue;
      }
    }
    if (told) {
      socket.told();
    } else {
      if (room) {
        socket.flowChanged();
      }
      bring();
    }
  }

  /**
   * Nothing of what was brought was applied: it is brought again.
   *
   * @return false if that was tried often enough
   */
  public boolean again() {
    int tried;
    synchronized (this) {
      busy = false;
      tried = ++attempts;
      if (tried >= MAX_ATTEMPTS) {
        busy = true;
        return false;
      }
      resting = true;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << (tried - 1));
    socket
        .owner()
        .table()
        .clock()
        .after(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause, this::rested);
    return true;
  }

  private void rested() {
    synchronized (this) {
      resting = false;
    }
    bring();
  }

  /** The object takes no messages any more, those included that wait; it is told of the end. */
  public void stopTaking() {
    synchronized (this) {
      deaf = true;
      // The one at the object is the first, and is yet to be answered.
      WebSocketMessage current = busy && messages != null ? messages.peek() : null;
      messages = null;
      bytes = 0;
      if (current != null) {
        messages = new ArrayDeque<>(1);
        messages.add(current);
        bytes = size(current);
      }
    }
  }

  private long bound() {
    return socket.owner().table().limits().receiveBytes();
  }

  private static long size(WebSocketMessage message) {
    return switch (message) {
      case WebSocketMessage.Text(String text) -> text.length();
      case WebSocketMessage.Binary(byte[] content) -> content.length;
    };
  }
}
