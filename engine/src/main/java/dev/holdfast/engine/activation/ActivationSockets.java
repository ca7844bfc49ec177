// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import dev.holdfast.Headers;
import dev.holdfast.LimitExceededException;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.StorageException;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSockets;
import dev.holdfast.engine.gate.Output;
import dev.holdfast.engine.socket.Frame;
import dev.holdfast.engine.socket.ObjectSockets;
import dev.holdfast.engine.socket.Socket;
import dev.holdfast.engine.socket.SocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of an object, as its activation sees and changes them. What it changes shows at once
 * here, and leaves as an output behind what the turn wrote; what has not left when the activation
 * is over never happened.
 *
 * <p>Object thread only, but for {@link #settle}. A thread that is left over when the activation
 * ends may be within, and rolls back its transaction even later: whatever changes a view does so
 * under the lock, and only as long as this is not settled. Before, no other activation has one.
 */
final class ActivationSockets implements WebSockets {
  private static final int MAX_TAGS = 10;
  private static final int MAX_TAG_CHARACTERS = 256;
  private static final int MAX_AUTO_RESPONSE_BYTES = 2_048;
  private static final int MAX_REASON_BYTES = 123;
  private static final Response NO_SOCKET =
      new Response(
          426,
          Headers.of("Content-Type", "text/plain; charset=utf-8").with("Upgrade", "websocket"),
          Body.of("this address is for WebSocket clients\n"));

  private final Activation activation;
  private final ObjectSockets sockets;

  /**
   * Those with changes that may not have left, as long as there are such sockets: an activation may
   * see any number come and go. Guarded by this, as is {@link #settled}.
   */
  private final Set<Socket> changed = Collections.newSetFromMap(new WeakHashMap<>());

  private boolean settled;

  /** The text that was sent last, and what it became: a broadcast sends one to many. */
  private @Nullable String lastText;

  private @Nullable Frame lastFrame;

  ActivationSockets(Activation activation, ObjectSockets sockets) {
    this.activation = activation;
    this.sockets = sockets;
  }

  @Override
  public Response accept(Request request, @Nullable Object attachment, String... tags) {
    activation.checkThread();
    if (!request.method().equals("GET")
        || !request.header("Upgrade").orElse("").equalsIgnoreCase("websocket")) {
      return NO_SOCKET;
    }
    Set<String> distinct = checkTags(tags);
    byte[] encoded = attachment == null ? null : encode(attachment);
    Socket socket = propose(distinct, encoded);
    onRollback(() -> socket.settle(this));
    issue(socket::accepted);
    return new Response(101, Headers.empty(), new SocketUpgrade(socket));
  }

  private synchronized Socket propose(Set<String> tags, byte @Nullable [] attachment) {
    checkUnsettled();
    Socket socket = sockets.propose(tags, attachment);
    if (socket == null) {
      throw new LimitExceededException(
          "%s: it has as many sockets as it may, limit %d (limits.sockets-per-object); spread the clients over more objects"
              .formatted(activation, sockets.limits().perObject()));
    }
    changed.add(socket);
    return socket;
  }

  private Set<String> checkTags(String... tags) {
    Set<String> distinct = new LinkedHashSet<>(List.of(tags));
    if (distinct.size() > MAX_TAGS) {
      throw new LimitExceededException(
          "%s: %d tags for a socket, limit %d".formatted(activation, distinct.size(), MAX_TAGS));
    }
    for (String tag : distinct) {
      if (tag.length() > MAX_TAG_CHARACTERS) {
        throw new LimitExceededException(
            "%s: a tag of %d characters, limit %d; the tag begins with '%s'"
                .formatted(activation, tag.length(), MAX_TAG_CHARACTERS, tag.substring(0, 32)));
      }
    }
    return Set.copyOf(distinct);
  }

  private byte[] encode(Object attachment) {
    byte[] encoded = activation.table().codec().encode(attachment);
    int limit = sockets.limits().attachmentBytes();
    if (encoded.length > limit) {
      throw new LimitExceededException(
          "%s: the attachment of a socket has %d bytes encoded, limit %d (limits.socket-attachment-bytes); keep the rest in storage"
              .formatted(activation, encoded.length, limit));
    }
    return encoded;
  }

  @Override
  public List<WebSocket> all() {
    activation.checkThread();
    return handles(sockets.all());
  }

  @Override
  public List<WebSocket> withTag(String tag) {
    activation.checkThread();
    return handles(sockets.tagged(tag));
  }

  private List<WebSocket> handles(List<Socket> found) {
    return found.stream().map(this::handle).toList();
  }

  /** The handle of a socket. */
  WebSocket handle(Socket socket) {
    return new SocketHandle(this, socket);
  }

  @Override
  public void autoResponse(String request, String response) {
    activation.checkThread();
    checkAutoResponse("request", request);
    checkAutoResponse("response", response);
    Frame answer = Frame.of(response);
    issue(() -> sockets.autoResponse(request, answer));
  }

  private void checkAutoResponse(String part, String text) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_AUTO_RESPONSE_BYTES) {
      throw new LimitExceededException(
          "%s: the %s of an auto-response has %d bytes in UTF-8, limit %d"
              .formatted(activation, part, bytes, MAX_AUTO_RESPONSE_BYTES));
    }
  }

  @Override
  public void noAutoResponse() {
    activation.checkThread();
    issue(sockets::noAutoResponse);
  }

  // ---------------------------------------------------------------- for handles

  void checkThread() {
    activation.checkThread();
  }

  void send(Socket socket, String text) {
    checkSendable(socket);
    Frame frame = lastFrame;
    if (frame == null || !text.equals(lastText)) {
      frame = Frame.of(text);
      lastText = text;
      lastFrame = frame;
    }
    send(socket, frame);
  }

  void send(Socket socket, byte[] bytes) {
    checkSendable(socket);
    send(socket, Frame.of(bytes));
  }

  private void send(Socket socket, Frame frame) {
    int limit = sockets.limits().sendBytes();
    if (!frame.fitsBehind(0, limit)) {
      throw new LimitExceededException(
          "%s: a message of %d bytes for %s, limit %d (limits.socket-send-bytes); send it in parts"
              .formatted(activation, frame.bytes().length, socket, limit));
    }
    issue(() -> socket.send(frame));
  }

  private void checkSendable(Socket socket) {
    activation.checkThread();
    if (socket.closedByObject()) {
      throw new IllegalStateException(
          "%s has closed %s; nothing can be sent to it any more".formatted(activation, socket));
    }
  }

  void close(Socket socket, int code, String reason) {
    activation.checkThread();
    boolean sendable =
        (code >= 1000 && code <= 1003)
            || (code >= 1007 && code <= 1014)
            || (code >= 3000 && code <= 4999);
    if (!sendable) {
      throw new IllegalArgumentException(
          "close code %d cannot be sent; use 1000, 1001 to 1003, 1007 to 1014, or your own in 3000 to 4999"
              .formatted(code));
    }
    int bytes = reason.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "the reason of a close has %d bytes in UTF-8, limit %d"
              .formatted(bytes, MAX_REASON_BYTES));
    }
    if (socket.closedByObject()) {
      return;
    }
    change(socket, () -> socket.viewClosed(this, true));
    onRollback(() -> socket.viewClosed(this, false));
    issue(() -> socket.close(code, reason));
  }

  <T> T attachment(Socket socket, Class<T> type) {
    activation.checkThread();
    byte[] encoded = socket.attachment();
    if (encoded == null) {
      throw new IllegalStateException(
          "%s has no attachment; give it one when it is accepted, or ask hasAttachment() first"
              .formatted(socket));
    }
    return type.cast(Objects.requireNonNull(activation.table().codec().decode(encoded, type)));
  }

  void attach(Socket socket, Object value) {
    activation.checkThread();
    byte[] encoded = encode(Objects.requireNonNull(value, "value"));
    byte[] before = socket.attachment();
    change(socket, () -> socket.viewAttachment(this, encoded));
    onRollback(() -> socket.viewAttachment(this, before));
    issue(() -> socket.attach(encoded));
  }

  // ---------------------------------------------------------------- leaving

  private synchronized void change(Socket socket, Runnable inView) {
    checkUnsettled();
    changed.add(socket);
    inView.run();
  }

  private void checkUnsettled() {
    if (settled) {
      throw activation.gone();
    }
  }

  private void onRollback(Runnable undo) {
    if (activation.state().inTransaction()) {
      activation.context().storage().onRollback(() -> undo(undo));
    }
  }

  private synchronized void undo(Runnable change) {
    if (!settled) {
      change.run();
    }
  }

  private void issue(Runnable leaving) {
    activation.issue(new SocketOutput(leaving));
  }

  /**
   * The activation is over, and nothing of it is on its way any more: what did not leave is undone.
   * Any thread, once.
   */
  synchronized void settle() {
    settled = true;
    changed.forEach(socket -> socket.settle(this));
    activation.table().sockets().release(sockets.object(), activation);
  }

  /** Something that is done to a socket when it leaves. */
  private record SocketOutput(Runnable leaving) implements Output {
    @Override
    public void leave() {
      leaving.run();
    }

    @Override
    public void drop(StorageException failure) {}
  }
}
