// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.store.ObjectRef;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's socket, from its acceptance until its object knows that it has ended.
 *
 * <pre>
 *   PROPOSED ──the acceptance is durable──► ACCEPTED ──the response is sent──► OPEN ──► ENDED ──told──► GONE
 *      └─────────it cannot become so──► GONE      └─────────nobody sends it in time─────┘
 * </pre>
 *
 * From everywhere it becomes GONE when its object is deleted.
 *
 * <p>Two sides touch it. The connection, and what an activation lets out: any thread, under this
 * object's lock. And the activation's own {@linkplain View view}, which runs ahead of what is
 * durable: on the object's thread.
 */
public final class Socket {
  private enum State {
    /** Accepted by a turn that is not durable. */
    PROPOSED,
    /** Waits for its connection. */
    ACCEPTED,
    /** Connected. */
    OPEN,
    /** The connection is over, which the object is yet to be told. */
    ENDED,
    /** The object knows, or never accepted it, or was deleted. */
    GONE
  }

  /** How the activation sees what it has changed. Object thread only. */
  private static final class View {
    final Object by;
    byte @Nullable [] attachment;
    boolean closed;

    View(Object by) {
      this.by = by;
    }
  }

  private final ObjectSockets owner;
  private final long number;
  private final Set<String> tags;
  private final Inbox inbox = new Inbox(this);

  /** What the activation has changed; null if it sees what is durable. */
  private volatile @Nullable View view;

  // Guarded by this.
  private State state = State.PROPOSED;
  private byte @Nullable [] attachment;
  private boolean closed;
  private @Nullable SocketConnection connection;

  /** Ends its wait for a connection; null unless it is {@link State#ACCEPTED}. */
  private NodeClock.@Nullable Scheduled opensInTime;

  /** What was sent before there was a connection; null if nothing was. */
  private @Nullable EarlyOutputs early;

  private volatile @Nullable Instant autoRespondedAt;

  Socket(ObjectSockets owner, long number, Set<String> tags, byte @Nullable [] attachment) {
    this.owner = owner;
    this.number = number;
    this.tags = tags;
    this.attachment = attachment;
  }

  // ---------------------------------------------------------------- the object's thread

  /** Unique on its node as long as that runs. */
  public String id() {
    return Long.toString(number, Character.MAX_RADIX);
  }

  /** What it was accepted with. */
  public Set<String> tags() {
    return tags;
  }

  /** The attachment, encoded, as the activation sees it; null if there is none. */
  public byte @Nullable [] attachment() {
    View own = view;
    if (own != null) {
      return own.attachment;
    }
    synchronized (this) {
      return attachment;
    }
  }

  /** Whether the object has closed it, as the activation sees it. */
  public boolean closedByObject() {
    View own = view;
    if (own != null) {
      return own.closed;
    }
    synchronized (this) {
      return closed;
    }
  }

  /** Whether what is sent may arrive, as the activation sees it. */
  public boolean isOpen() {
    synchronized (this) {
      if (closed || state.compareTo(State.OPEN) > 0) {
        return false;
      }
    }
    return !closedByObject();
  }

  /** When a message was last answered without the object. */
  public Optional<Instant> autoRespondedAt() {
    return Optional.ofNullable(autoRespondedAt);
  }

  /** Changes the attachment in the view of the activation {@code by}. */
  public void viewAttachment(Object by, byte @Nullable [] encoded) {
    view(by).attachment = encoded;
  }

  /** Closes it in the view of the activation {@code by}, or opens it again. */
  public void viewClosed(Object by, boolean now) {
    view(by).closed = now;
  }

  private synchronized View view(Object by) {
    View own = view;
    if (own == null || own.by != by) {
      own = new View(by);
      own.attachment = attachment;
      own.closed = closed;
      view = own;
    }
    return own;
  }

  /**
   * The activation {@code by}, which changed it, is over, and nothing of it is on its way any more:
   * what did not leave never happened. Only then the next one begins; but where an engine was
   * closed over a store that says nothing, that of the next engine may be there already.
   */
  public void settle(Object by) {
    boolean never;
    synchronized (this) {
      View last = view;
      if (last != null && last.by == by) {
        view = null;
      }
      never = state == State.PROPOSED;
      if (never) {
        state = State.GONE;
      }
    }
    if (never) {
      owner.remove(this);
    }
  }

  // ---------------------------------------------------------------- what leaves the object

  /** The acceptance is durable: from now on it waits for its connection, not for ever. */
  public void accepted() {
    synchronized (this) {
      if (state != State.PROPOSED) {
        return; // its object was deleted
      }
      state = State.ACCEPTED;
    }
    NodeClock.Scheduled limit = owner.table().expectsConnection(this);
    synchronized (this) {
      if (state == State.ACCEPTED) {
        opensInTime = limit;
        return;
      }
    }
    limit.cancel(); // it was opened, or ended, meanwhile
  }

  /** Sends a message, or keeps it until there is a connection. */
  public synchronized void send(Frame message) {
    if (connection != null) {
      connection.send(message);
    } else if (state == State.ACCEPTED) {
      early().add(message);
    }
  }

  /** Closes it behind what was sent. What the client sends meanwhile is not taken. */
  public void close(int code, String reason) {
    synchronized (this) {
      closed = true;
      if (connection != null) {
        connection.close(code, reason);
      } else if (state == State.ACCEPTED) {
        early().close(code, reason);
      }
    }
    inbox.stopTaking();
  }

  /**
   * The object was deleted: closes the socket, and what the client still does concerns nobody. The
   * object that begins under the same id never had it.
   */
  public void abandon(int code, String reason) {
    NodeClock.Scheduled limit;
    synchronized (this) {
      if (state == State.OPEN && connection != null) {
        connection.close(code, reason);
      }
      state = State.GONE;
      closed = true;
      early = null;
      limit = opensInTime;
      opensInTime = null;
    }
    cancel(limit);
    inbox.abandon();
    owner.remove(this);
  }

  /** Whether the object knows that it has ended, or never accepted it, or is gone. */
  public synchronized boolean isGone() {
    return state == State.GONE;
  }

  private EarlyOutputs early() {
    EarlyOutputs outputs = early;
    if (outputs == null) {
      outputs = new EarlyOutputs(owner.table().limits().sendBytes());
      early = outputs;
    }
    return outputs;
  }

  /** Replaces the attachment. */
  public synchronized void attach(byte[] encoded) {
    attachment = encoded;
  }

  // ---------------------------------------------------------------- the connection

  /**
   * The client is connected.
   *
   * @return false if it came too late, and is to be closed
   */
  public boolean open(SocketConnection to) {
    NodeClock.Scheduled limit;
    synchronized (this) {
      if (state != State.ACCEPTED) {
        return false;
      }
      state = State.OPEN;
      connection = to;
      limit = opensInTime;
      opensInTime = null;
      EarlyOutputs outputs = early;
      if (outputs != null) {
        early = null;
        outputs.flush(to);
      }
    }
    cancel(limit);
    return true;
  }

  /** Else the timer would keep all of this alive until its time. */
  private static void cancel(NodeClock.@Nullable Scheduled limit) {
    if (limit != null) {
      limit.cancel();
    }
  }

  /**
   * The client has sent a message, which counts only if {@code from} is the connection that opened
   * this. From the connection's thread, one at a time.
   */
  public void received(SocketConnection from, WebSocketMessage message) {
    synchronized (this) {
      if (connection != from) {
        return;
      }
    }
    Frame response = owner.autoResponse(message);
    if (response == null) {
      inbox.add(message);
      return;
    }
    autoRespondedAt = owner.table().clock().now();
    send(response);
  }

  /**
   * Whether more may be read from the client. Changes on any thread; then {@link
   * SocketConnection#flowChanged} is called.
   */
  public boolean takesMore() {
    return inbox.takesMore();
  }

  /**
   * The connection is over, or there will be none. Only the first time counts.
   *
   * @param from the connection: a socket that another one opened goes on. Null if nobody has
   *     connected, and nobody will: a socket that is open goes on
   */
  public void ended(@Nullable SocketConnection from, WebSocketClose how) {
    NodeClock.Scheduled limit;
    synchronized (this) {
      // One step, so that it either opens or ends. As long as it waits it has no connection.
      if (connection != from || (state != State.ACCEPTED && state != State.OPEN)) {
        return;
      }
      state = State.ENDED;
      connection = null;
      early = null;
      limit = opensInTime;
      opensInTime = null;
    }
    cancel(limit);
    inbox.end(how);
  }

  /** Nobody has sent the response that would connect it. */
  void neverOpened() {
    ended(
        null,
        new WebSocketClose(
            1006,
            "no worker returned the response that accepted the socket within "
                + owner.table().limits().openWithin().toSeconds()
                + " s",
            false));
  }

  /** Tells the connection that the answer of {@link #takesMore} is another. */
  void flowChanged() {
    SocketConnection reading;
    synchronized (this) {
      reading = connection;
    }
    if (reading != null) {
      reading.flowChanged();
    }
  }

  // ---------------------------------------------------------------- parts

  /** The events of it that its object gets. */
  public Inbox inbox() {
    return inbox;
  }

  /** The object. */
  public ObjectRef object() {
    return owner.object();
  }

  ObjectSockets owner() {
    return owner;
  }

  /** The object knows that it has ended. */
  void told() {
    synchronized (this) {
      state = State.GONE;
    }
    owner.remove(this);
  }

  @Override
  public String toString() {
    return "socket " + id() + " of " + object();
  }
}
