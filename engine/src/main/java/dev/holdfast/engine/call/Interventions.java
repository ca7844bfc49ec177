// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.Bookmark;
import dev.holdfast.ObjectId;
import dev.holdfast.engine.NodeClock;
import dev.holdfast.engine.activation.ActivationTable;
import dev.holdfast.engine.activation.DeleteInvocation;
import dev.holdfast.engine.activation.ForkInvocation;
import dev.holdfast.engine.activation.Invocation;
import dev.holdfast.engine.activation.KeepInvocation;
import dev.holdfast.engine.activation.RestoreInvocation;
import dev.holdfast.engine.history.HistoryChange;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.ObjectStore;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an operator does to objects and their history, without code of theirs. It is an event of the
 * object, and so waits for those before it. Objects of a namespace whose class is not registered
 * cannot have any: there it is done at once, one thing at a time. Thread-safe; not for code of
 * objects.
 */
public final class Interventions {
  /** How long an event may wait for those before it, and be under way. */
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final Function<String, @Nullable NamespaceRuntime<?>> namespaces;
  private final ObjectStore store;
  private final NodeClock clock;
  private final Consumer<ObjectRef> deleted;
  private final ReentrantLock withoutClass = new ReentrantLock();

  /** Something done to an object that nobody uses. */
  @FunctionalInterface
  private interface Work {
    @Nullable Object on(HistoryChange object);
  }

  /**
   * @param namespaces what stands behind a namespace; null if no class is registered for it
   * @param deleted clears up what is on the node of an object whose namespace has no class, and
   *     that was deleted
   */
  public Interventions(
      Function<String, @Nullable NamespaceRuntime<?>> namespaces,
      ObjectStore store,
      NodeClock clock,
      Consumer<ObjectRef> deleted) {
    this.namespaces = namespaces;
    this.store = store;
    this.clock = clock;
    this.deleted = deleted;
  }

  /**
   * Makes an object what it was at the end of a generation. Its activation ends; its sockets stay.
   *
   * @return a bookmark of the state right before
   * @throws IllegalStateException if the object does not exist
   * @throws IllegalArgumentException if that state is not kept
   * @throws dev.holdfast.HoldfastException if it fails; what it says of the outcome holds
   */
  public Bookmark restore(ObjectRef object, Generation end) {
    return bookmark(run(object, new RestoreInvocation(end), known -> known.restore(end)));
  }

  /**
   * Hands out a bookmark of an object's state at the end of a generation, which keeps it. No
   * activation notices.
   *
   * @throws RuntimeException as {@link #restore}
   */
  public Bookmark keep(ObjectRef object, Generation end) {
    return bookmark(run(object, new KeepInvocation(end), known -> known.keep(end)));
  }

  /**
   * Makes a new object what another one was at a bookmark that was handed out.
   *
   * @param target the id of the new one, with its name
   * @throws IllegalStateException if the new one exists
   * @throws IllegalArgumentException if the bookmark is not kept
   * @throws dev.holdfast.HoldfastException if it fails; what it says of the outcome holds
   */
  public void fork(ObjectRef source, Bookmark bookmark, ObjectId target) {
    ObjectRef made = new ObjectRef(source.namespace(), target);
    Object _ =
        run(
            made,
            new ForkInvocation(source.id(), bookmark),
            known -> {
              known.fork(ActivationTable.nameToKeep(made), source, bookmark);
              return null;
            });
  }

  /**
   * Deletes an object wholly, its past included, as {@link dev.holdfast.ObjectNamespace#delete}
   * does.
   *
   * @return how many bytes of keys and values its entries had; empty if it did not exist
   * @throws dev.holdfast.HoldfastException if it fails; what it says of the outcome holds
   */
  public OptionalLong delete(ObjectRef object) {
    Object bytes = run(object, new DeleteInvocation(), _ -> deleteWithoutClass(object));
    return bytes instanceof Long known ? OptionalLong.of(known) : OptionalLong.empty();
  }

  private @Nullable Long deleteWithoutClass(ObjectRef object) {
    Long bytes = DeleteInvocation.delete(store, object, clock.now(), () -> {});
    deleted.accept(object);
    return bytes;
  }

  private static Bookmark bookmark(@Nullable Object answer) {
    if (answer instanceof Bookmark bookmark) {
      return bookmark;
    }
    throw new AssertionError("expected a bookmark as the answer, found " + answer);
  }

  private @Nullable Object run(ObjectRef object, Invocation asEvent, Work direct) {
    NamespaceRuntime<?> namespace = namespaces.apply(object.namespace());
    if (namespace == null) {
      withoutClass.lock();
      try {
        return direct.on(new HistoryChange(store, object, clock::now));
      } finally {
        withoutClass.unlock();
      }
    }
    try {
      return namespace.calls().call(object.id(), asEvent, TIMEOUT);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(asEvent + " throws nothing checked", e);
    }
  }
}
