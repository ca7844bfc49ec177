// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.Bookmark;
import dev.holdfast.CallOptions;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectEntry;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.activation.DeleteInvocation;
import dev.holdfast.engine.activation.ForkInvocation;
import dev.holdfast.engine.activation.Invocation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A namespace as callers see it: makes ids and stubs. Immutable, thread-safe. */
final class Namespace<T> implements ObjectNamespace<T> {
  private final NamespaceRuntime<T> runtime;
  private final @Nullable Duration timeout;

  Namespace(NamespaceRuntime<T> runtime, @Nullable Duration timeout) {
    this.runtime = runtime;
    this.timeout = timeout;
  }

  @Override
  public String name() {
    return runtime.name();
  }

  @Override
  public ObjectId idFromName(String name) {
    return runtime.ids().fromName(Objects.requireNonNull(name, "name"));
  }

  @Override
  public ObjectId newUniqueId() {
    return runtime.ids().unique();
  }

  @Override
  public ObjectId idFromString(String text) {
    return runtime.ids().fromText(text);
  }

  @Override
  public T get(ObjectId id) {
    runtime.ids().check(id);
    return stub(id);
  }

  @Override
  public T getByName(String name) {
    return stub(idFromName(name));
  }

  private T stub(ObjectId id) {
    return runtime.stub(id, timeout);
  }

  @Override
  public T fork(ObjectId source, Bookmark bookmark, String name) {
    runtime.ids().check(source);
    if (!bookmark.isOf(source)) {
      throw new IllegalArgumentException(
          "fork of %s: expected one of its bookmarks, found one of another object: %s"
              .formatted(source, bookmark));
    }
    ObjectId target = idFromName(name);
    Object _ = intervene(target, new ForkInvocation(source, bookmark));
    return stub(target);
  }

  @Override
  public List<ObjectEntry> list(KeyRange names) {
    return runtime.listing().byName(names);
  }

  @Override
  public List<ObjectEntry> listAll(int limit) {
    return runtime.listing().byId(null, limit);
  }

  @Override
  public List<ObjectEntry> listAll(int limit, ObjectId after) {
    runtime.ids().check(after);
    return runtime.listing().byId(after, limit);
  }

  @Override
  public boolean delete(ObjectId id) {
    runtime.ids().check(id);
    return intervene(id, new DeleteInvocation()) != null;
  }

  private @Nullable Object intervene(ObjectId id, Invocation invocation) {
    try {
      return runtime.calls().call(id, invocation, timeout);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a " + invocation + " throws nothing checked", e);
    }
  }

  @Override
  public ObjectNamespace<T> with(CallOptions options) {
    return new Namespace<>(runtime, options.timeout());
  }

  @Override
  public String toString() {
    return "namespace " + name();
  }
}
