// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Objects;

/**
 * The base of every object class: one instance is one activation of one object.
 *
 * <p>The constructor runs when the first event reaches a sleeping object, as a critical section:
 * nothing else enters until it returns. Its writes join the commit of that first event and are
 * dropped if it throws. Methods of the remote interface given at registration are what callers can
 * reach; nothing else of the class is.
 *
 * <p>Fields are a safe cache of what is stored, because nobody else writes it. They are lost when
 * the object sleeps or is reset, so whatever must last goes to {@link #storage()}.
 *
 * <p>Threading: all code of one activation runs one thing at a time. Other events enter only while
 * the code waits for something that is not its own storage: a call on a stub, {@link
 * ObjectContext#sleep}, {@link ObjectContext#await}, reading a body that is not there yet, or
 * writing one faster than it is read.
 *
 * <p>An event that a worker caused may run on the worker's own thread, any other on a thread of its
 * own. So what code leaves in a {@link ThreadLocal} is seen by the worker and by the next event
 * that runs on that thread, which may be another object's, and not by the next event of this
 * object. Remove it before the event ends, or better use a field or a {@link ScopedValue}.
 *
 * <p>A thread that the object starts itself is not the object's: it must not use the context, the
 * storage or the fields. A call that it makes on a stub counts as a worker's: it does not wait for
 * the object's writes to become durable, belongs to no critical section, and has no deadline but
 * its own. To call back into the object from such a thread while the object waits in a critical
 * section waits until the section ends.
 */
public abstract class DurableObject {
  private final ObjectContext context;

  /** Binds this activation to its object; {@code context} is the one the factory was handed. */
  protected DurableObject(ObjectContext context) {
    this.context = Objects.requireNonNull(context, "context");
  }

  /** This activation's context: identity, time, calls, timers. */
  protected final ObjectContext ctx() {
    return context;
  }

  /** This object's private, durable storage. */
  protected final Storage storage() {
    return context.storage();
  }

  /** This object's private, durable SQL database. */
  protected final Sql sql() {
    return context.sql();
  }

  /**
   * Answers an HTTP request sent with {@link ObjectStub#fetch}. By default 404. A body of the
   * response that is made as it is sent is written after this has returned, see {@link Body}.
   *
   * @throws Exception reaches the caller as an exception of a typed method does
   */
  protected Response fetch(Request request) throws Exception {
    return Response.status(404);
  }

  /**
   * Takes a message of a socket that the object accepted. The messages of one socket come in their
   * order, the next when this has returned. If it throws, the socket is closed with code 1011; what
   * it wrote and sent before stays. One of which nothing was applied, since the object was reset,
   * is brought again; where that is not known the socket is closed with 1011, so that its client
   * knows. By default does nothing.
   *
   * @throws Exception ends the socket, and is logged
   */
  protected void webSocketMessage(WebSocket socket, WebSocketMessage message) throws Exception {}

  /**
   * Called once for each socket that has ended, whoever ended it, behind its messages. Until this
   * has returned it is among {@link WebSockets#all}. If nothing of it was applied, since the object
   * was reset, it is called again; where that is not known it is not, so what it wrote may be
   * missing: {@link WebSockets#all} says who is there. By default does nothing. Sockets that end
   * with their node are not told of.
   *
   * @throws Exception is logged
   */
  protected void webSocketClose(WebSocket socket, WebSocketClose close) throws Exception {}

  /**
   * Called before this activation leaves memory in an orderly way, as its last event. What it
   * writes is durable before the next activation is constructed. Best effort: a crash, a reset or
   * the wall limit skip it.
   */
  protected void beforeSleep(SleepReason reason) {}
}
