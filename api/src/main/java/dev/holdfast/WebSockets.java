// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of an object. They stay connected while the object sleeps: a message wakes it. Object
 * thread only.
 *
 * <pre>{@code
 * @Override public Response fetch(Request request) {
 *   return ctx().webSockets().accept(request, new Member(name), "members");
 * }
 *
 * @Override protected void webSocketMessage(WebSocket socket, WebSocketMessage message) {
 *   ctx().webSockets().withTag("members").forEach(member -> member.send(message.text()));
 * }
 * }</pre>
 */
public interface WebSockets {

  /** As {@link #accept(Request, Object, String...)}, with neither attachment nor tags. */
  default Response accept(Request request) {
    return accept(request, null);
  }

  /**
   * Accepts the socket that a client asks for. The socket is among those of the object at once, and
   * may be sent to: that waits for the connection. It opens when a worker returns the response to
   * the client as it is; if none does within 30 s the socket has ended, with code 1006.
   *
   * @param request what the client sent, and the worker passed on
   * @param attachment what the socket is to carry; null for nothing
   * @param tags by which {@link #withTag} finds it: at most 10, of at most 256 characters each
   * @return the response to return from {@link DurableObject#fetch}; one with status 426, and no
   *     socket accepted, if the client does not ask for one
   * @throws LimitExceededException if the object has 32,768 sockets (the default of {@code
   *     sockets-per-object}), or the tags or the attachment pass their limits
   */
  Response accept(Request request, @Nullable Object attachment, String... tags);

  /** The sockets that have not ended, in the order of their acceptance. */
  List<WebSocket> all();

  /** Those of them that were accepted with {@code tag}, found without looking at the others. */
  List<WebSocket> withTag(String tag);

  /**
   * From now on answers each text message that equals {@code request} with {@code response}. That
   * neither wakes the object nor enters it, nor waits for its storage; the time of the last one is
   * {@link WebSocket#autoRespondedAt}. There is one pair for all sockets of the object, which
   * replaces the one before.
   *
   * <p>It lives as long as the object is in memory or has a socket, also under new code. So set it
   * in the constructor: then it is there whenever a socket is accepted.
   *
   * @throws LimitExceededException if one of them has more than 2,048 bytes in UTF-8
   */
  void autoResponse(String request, String response);

  /** From now on no message is answered without the object. */
  void noAutoResponse();
}
