// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.socket;

import dev.holdfast.engine.NodeClock;
import dev.holdfast.store.ObjectRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All sockets of a node, by object. It outlives the engines that run the objects: between two of
 * them what clients send waits, each within its bound. Thread-safe.
 *
 * <p>So do the sockets of a namespace that an engine does not have, as long as the node lives: it
 * may be back in the next one. Nobody accepts further ones for it meanwhile.
 */
public final class SocketTable {
  private final NodeClock clock;
  private final SocketLimits limits;
  private final ConcurrentHashMap<ObjectRef, Entry> objects = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private volatile Map<String, SocketEvents> events = Map.of();

  /**
   * What the table has of an object. Replaced as a whole.
   *
   * @param holder the activation that uses it; null if none does
   */
  private record Entry(ObjectSockets sockets, @Nullable Object holder) {}

  /** An empty table. */
  public SocketTable(NodeClock clock, SocketLimits limits) {
    this.clock = clock;
    this.limits = limits;
  }

  NodeClock clock() {
    return clock;
  }

  SocketLimits limits() {
    return limits;
  }

  long nextNumber() {
    return numbers.incrementAndGet();
  }

  // ---------------------------------------------------------------- engines

  /** From now on events go there, by namespace; what has waited is brought. */
  public void attach(Map<String, SocketEvents> engine) {
    synchronized (this) {
      events = engine;
    }
    objects
        .values()
        .forEach(entry -> entry.sockets.all().forEach(socket -> socket.inbox().engineStarted()));
  }

  /** From now on events wait, unless they go elsewhere by now. */
  public synchronized void detach(Map<String, SocketEvents> engine) {
    if (events == engine) {
      events = Map.of();
    }
  }

  /**
   * Between two engines a namespace got another name, which none had that has objects: the sockets
   * of its objects follow, and what waits for these.
   */
  public void rename(String from, String to) {
    objects.forEach(
        (object, entry) -> {
          if (object.namespace().equals(from)) {
            ObjectRef renamed = new ObjectRef(to, object.id());
            objects.put(renamed, entry);
            entry.sockets.rename(renamed);
            objects.remove(object);
            // The last may have ended meanwhile, under either name.
            dropIfUnused(renamed);
          }
        });
  }

  /** Who brings events to a namespace; null if nobody does now. */
  @Nullable SocketEvents events(String namespace) {
    return events.get(namespace);
  }

  // ---------------------------------------------------------------- objects

  /** The sockets of an object, for its latest activation. */
  public ObjectSockets hold(ObjectRef object, Object activation) {
    return objects.compute(
            object,
            (key, entry) ->
                new Entry(entry == null ? new ObjectSockets(this, key) : entry.sockets, activation))
        .sockets;
  }

  /** The sockets that an object has now. */
  public List<Socket> all(ObjectRef object) {
    Entry entry = objects.get(object);
    return entry == null ? List.of() : entry.sockets.all();
  }

  /** An activation is over; another may hold them by now. */
  public void release(ObjectRef object, Object activation) {
    objects.computeIfPresent(
        object,
        (_, entry) ->
            entry.holder != activation
                ? entry
                : entry.sockets.size() == 0 ? null : new Entry(entry.sockets, null));
  }

  void dropIfUnused(ObjectRef object) {
    objects.computeIfPresent(
        object, (_, entry) -> entry.holder != null || entry.sockets.size() > 0 ? entry : null);
  }

  /** A socket waits for its connection; to be cancelled when it waits no more. */
  NodeClock.Scheduled expectsConnection(Socket socket) {
    return clock.after(limits.openWithin(), socket::neverOpened);
  }

  /** How many sockets there are. */
  public long size() {
    return objects.values().stream().mapToLong(entry -> entry.sockets.size()).sum();
  }

  /** How many there are by namespace; those without any are left out. */
  public Map<String, Long> sizeByNamespace() {
    Map<String, Long> sizes = new HashMap<>();
    objects.forEach(
        (object, entry) -> {
          long size = entry.sockets.size();
          if (size > 0) {
            sizes.merge(object.namespace(), size, Long::sum);
          }
        });
    return sizes;
  }
}
