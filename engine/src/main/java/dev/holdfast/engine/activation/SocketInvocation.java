// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.DurableObject;
import dev.holdfast.HoldfastException;
import dev.holdfast.Outcome;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.socket.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened on a socket, brought to its object as a call is, so that it keeps its place before
 * resets and is tried again where the store refused it. It is its own reply: how it went decides
 * what becomes of the socket.
 *
 * <ul>
 *   <li>Taken: the next may come. So it is if the handler reset its own object with {@code abort}.
 *   <li>The handler threw, or is why its activation was discarded: a message ends the socket.
 *   <li>Certainly nothing of it was applied: it is brought again, after a pause.
 *   <li>It is not known whether it was applied: a message ends the socket, so that the client
 *       knows.
 * </ul>
 */
abstract sealed class SocketInvocation implements Invocation, Reply {
  private static final Logger log = LoggerFactory.getLogger(SocketInvocation.class);
  private static final int INTERNAL_ERROR = 1011;

  final Socket socket;

  /** The event in which the handler last ran. */
  private volatile @Nullable Event handler;

  private SocketInvocation(Socket socket) {
    this.socket = socket;
  }

  /** Calls the handler. */
  abstract void handle(DurableObject instance, WebSocket handle) throws Throwable;

  /** What an unanswered one means for the socket. */
  abstract void failed(String why);

  @Override
  public final @Nullable Object invoke(DurableObject instance) throws Throwable {
    Event event = CurrentEvent.get();
    if (event == null) {
      throw new AssertionError("a socket's event runs outside of an event");
    }
    handler = event;
    handle(instance, event.activation().sockets().handle(socket));
    return null;
  }

  /** The object's code threw: its handler, or its constructor before that. */
  @Override
  public final Throwable translate(Throwable thrown) {
    return CurrentEvent.get() == handler ? new HandlerFailed(thrown) : thrown;
  }

  @Override
  public final void complete(@Nullable Object value) {
    socket.inbox().taken();
  }

  @Override
  public final void fail(Throwable failure) {
    Event ran = handler;
    boolean guilty = ran != null && ran.guilty();
    if (failure instanceof HandlerFailed failed) {
      log.warn("{}: {} failed for {}", socket.object(), this, socket, failed.getCause());
      failed("the object failed on it; the log of the server says why");
    } else if (guilty && failure.getCause() instanceof Aborted) {
      socket.inbox().taken();
      return;
    } else if (guilty) {
      failed("the object was reset by it; the log of the server says why");
    } else if (applied(failure)) {
      log.warn("{}: {} of {}: {}", socket.object(), this, socket, failure.toString());
      failed("the object was reset before it could answer; look whether it was applied");
    } else if (socket.inbox().again()) {
      return;
    } else {
      log.warn("{}: {} of {} was given up", socket.object(), this, socket, failure);
      failed("the object could not take it; connect again later");
    }
    socket.inbox().taken();
  }

  /** A failure that is not the platform's is the constructor's: nothing of it was applied. */
  private static boolean applied(Throwable failure) {
    return failure instanceof HoldfastException platform && platform.outcome() == Outcome.UNKNOWN;
  }

  /** A message. */
  static final class Message extends SocketInvocation {
    private final WebSocketMessage message;

    Message(Socket socket, WebSocketMessage message) {
      super(socket);
      this.message = message;
    }

    @Override
    void handle(DurableObject instance, WebSocket handle) throws Throwable {
      ObjectTraits.webSocketMessage(instance, handle, message);
    }

    @Override
    void failed(String why) {
      socket.close(INTERNAL_ERROR, "a message: " + why);
    }

    @Override
    public boolean exclusive(ObjectTraits traits) {
      return traits.exclusive(ObjectTraits.WEB_SOCKET_MESSAGE);
    }

    @Override
    public int weight() {
      return switch (message) {
        case WebSocketMessage.Text(String text) -> text.length();
        case WebSocketMessage.Binary(byte[] bytes) -> bytes.length;
      };
    }

    @Override
    public String toString() {
      return "webSocketMessage";
    }
  }

  /** The end of the socket. */
  static final class Close extends SocketInvocation {
    private final WebSocketClose close;

    Close(Socket socket, WebSocketClose close) {
      super(socket);
      this.close = close;
    }

    @Override
    void handle(DurableObject instance, WebSocket handle) throws Throwable {
      ObjectTraits.webSocketClose(instance, handle, close);
    }

    /** It has ended anyway. */
    @Override
    void failed(String why) {}

    @Override
    public boolean exclusive(ObjectTraits traits) {
      return traits.exclusive(ObjectTraits.WEB_SOCKET_CLOSE);
    }

    @Override
    public int weight() {
      return 0;
    }

    @Override
    public String toString() {
      return "webSocketClose";
    }
  }

  /** What the handler threw. */
  private static final class HandlerFailed extends Exception {
    private static final long serialVersionUID = 1L;

    HandlerFailed(Throwable cause) {
      super(null, cause, false, false);
    }
  }
}
