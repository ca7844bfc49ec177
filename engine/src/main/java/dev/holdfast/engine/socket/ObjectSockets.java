// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.WebSocketMessage;
import dev.holdfast.store.ObjectRef;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one object, in the order of their acceptance, and found by tag. Thread-safe. Its
 * lock is taken last.
 */
public final class ObjectSockets {
  private final SocketTable table;

  /** Another one when its namespace was renamed. */
  private volatile ObjectRef object;

  // Guarded by this.
  private final LinkedHashSet<Socket> all = new LinkedHashSet<>();
  private final Map<String, LinkedHashSet<Socket>> tagged = new HashMap<>();

  private volatile @Nullable AutoResponse auto;

  private record AutoResponse(String request, Frame response) {}

  ObjectSockets(SocketTable table, ObjectRef object) {
    this.table = table;
    this.object = object;
  }

  /** The object. */
  public ObjectRef object() {
    return object;
  }

  void rename(ObjectRef renamed) {
    object = renamed;
  }

  SocketTable table() {
    return table;
  }

  /** Limits. */
  public SocketLimits limits() {
    return table.limits();
  }

  /** Adds a socket that the running turn accepts; null if there are as many as there may be. */
  public @Nullable Socket propose(Set<String> tags, byte @Nullable [] attachment) {
    Socket socket = new Socket(this, table.nextNumber(), tags, attachment);
    synchronized (this) {
      if (all.size() >= limits().perObject()) {
        return null;
      }
      all.add(socket);
      tags.forEach(tag -> tagged.computeIfAbsent(tag, _ -> new LinkedHashSet<>(2)).add(socket));
    }
    return socket;
  }

  void remove(Socket socket) {
    synchronized (this) {
      all.remove(socket);
      for (String tag : socket.tags()) {
        LinkedHashSet<Socket> same = tagged.get(tag);
        if (same != null && same.remove(socket) && same.isEmpty()) {
          tagged.remove(tag);
        }
      }
    }
    table.dropIfUnused(object);
  }

  /** All that have not ended, or whose end the object does not know. */
  public synchronized List<Socket> all() {
    return List.copyOf(all);
  }

  /** Those with a tag. */
  public synchronized List<Socket> tagged(String tag) {
    LinkedHashSet<Socket> same = tagged.get(tag);
    return same == null ? List.of() : List.copyOf(same);
  }

  /** How many there are. */
  public synchronized int size() {
    return all.size();
  }

  /** Answers equal texts without the object. */
  public void autoResponse(String request, Frame response) {
    auto = new AutoResponse(request, response);
  }

  /** Answers nothing without the object. */
  public void noAutoResponse() {
    auto = null;
  }

  /** What a message is answered with; null if that is for the object. */
  @Nullable Frame autoResponse(WebSocketMessage message) {
    AutoResponse pair = auto;
    return pair != null
            && message instanceof WebSocketMessage.Text(String text)
            && text.equals(pair.request)
        ? pair.response
        : null;
  }
}
