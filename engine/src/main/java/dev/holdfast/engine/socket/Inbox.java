// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.NodeClock.Scheduled;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a client has sent and its object has not taken: messages in their order, then the end. One
 * at a time is at the object; what the object certainly did not apply is brought again, after a
 * pause: a message some times, the end until it is told. Thread-safe.
 *
 * <p>Beyond a bound nothing more is read from the client, so nothing is lost and memory is bounded.
 */
public final class Inbox {
  /** How often a message is brought, over about twenty seconds. */
  private static final int MAX_ATTEMPTS = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** Nobody waits for the answer, and many sockets of an object that cannot begin may end. */
  private static final Duration LONGEST_PAUSE_OF_END = Duration.ofMinutes(1);

  /** Doublings of the pause that are certainly beyond the longest. */
  private static final int MAX_DOUBLINGS = 12;

  /** What a message takes in memory beside its payload, empty or not. */
  private static final long OVERHEAD_BYTES = 64;

  private final Socket socket;

  // Guarded by this.
  private @Nullable ArrayDeque<WebSocketMessage> messages;
  private long bytes;
  private @Nullable WebSocketClose end;
  private boolean busy;
  private boolean deaf;
  private boolean full;

  /** How often what is next was brought and not applied. */
  private int attempts;

  /** The pause before it is brought again; null if none is. */
  private @Nullable Scheduled pause;

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
      bytes += cost(message);
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
  private void bring() {
    WebSocketMessage message;
    WebSocketClose close;
    SocketEvents events;
    synchronized (this) {
      events = socket.owner().table().events(socket.object().namespace());
      message = messages == null ? null : messages.peek();
      close = end;
      if (events == null || busy || pause != null || (message == null && close == null)) {
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

  /** There is an engine, with new code perhaps: what rests or has waited for it is brought anew. */
  void engineStarted() {
    synchronized (this) {
      attempts = 0;
      cancelPause();
    }
    bring();
  }

  /** The object has taken what was brought. */
  public void taken() {
    boolean told;
    boolean room;
    synchronized (this) {
      busy = false;
      attempts = 0;
      told = messages == null;
      if (told) {
        // Whoever is on the way to bring what is next finds nothing: the end is told once.
        end = null;
        deaf = true;
      } else {
        dropFirst();
      }
      room = full && bytes <= bound() / 2;
      full &= !room;
    }
    if (room) {
      socket.flowChanged();
    }
    if (told) {
      socket.told();
    } else {
      bring();
    }
  }

  private void dropFirst() {
    ArrayDeque<WebSocketMessage> queue = messages;
    WebSocketMessage first = queue == null ? null : queue.poll();
    if (queue == null || first == null) {
      throw new AssertionError("%s: there is no message that could be done with".formatted(socket));
    }
    bytes -= cost(first);
    messages = queue.isEmpty() ? null : queue;
  }

  /**
   * Nothing of what was brought was applied: it is brought again, unless it is a message and the
   * object takes none any more.
   *
   * @return false if that was tried often enough: then it is yet to be {@link #taken}
   */
  public boolean again() {
    synchronized (this) {
      boolean message = messages != null;
      if (message && !deaf && attempts + 1 == MAX_ATTEMPTS) {
        return false;
      }
      busy = false;
      if (message && deaf) {
        dropFirst();
        attempts = 0;
      } else {
        Duration next = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts, MAX_DOUBLINGS));
        Duration longest = message ? LONGEST_PAUSE : LONGEST_PAUSE_OF_END;
        attempts++;
        pause =
            socket
                .owner()
                .table()
                .clock()
                .after(next.compareTo(longest) > 0 ? longest : next, this::rested);
      }
    }
    bring();
    return true;
  }

  private void rested() {
    synchronized (this) {
      pause = null;
    }
    bring();
  }

  private void cancelPause() {
    Scheduled resting = pause;
    if (resting != null) {
      resting.cancel();
      pause = null;
    }
  }

  /** The object takes no messages any more, those included that wait; it is told of the end. */
  void stopTaking() {
    boolean room;
    synchronized (this) {
      deaf = true;
      ArrayDeque<WebSocketMessage> queue = messages;
      if (queue != null && busy) {
        // The one at the object is the first, and is yet to be answered.
        while (queue.size() > 1) {
          bytes -= cost(queue.removeLast());
        }
      } else if (queue != null) {
        // What the first has been through is nothing to what follows.
        messages = null;
        bytes = 0;
        attempts = 0;
        cancelPause();
      }
      room = full;
      full = false;
    }
    if (room) {
      socket.flowChanged();
    }
    bring();
  }

  /** There is no object any more that could take anything. */
  void abandon() {
    boolean room;
    synchronized (this) {
      deaf = true;
      messages = null;
      bytes = 0;
      end = null;
      cancelPause();
      room = full;
      full = false;
    }
    if (room) {
      socket.flowChanged();
    }
  }

  private long bound() {
    return socket.owner().table().limits().receiveBytes();
  }

  private static long cost(WebSocketMessage message) {
    return OVERHEAD_BYTES
        + switch (message) {
          case WebSocketMessage.Text(String text) -> text.length();
          case WebSocketMessage.Binary(byte[] content) -> content.length;
        };
  }
}
