// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.CallOptions;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import java.time.Duration;
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
  public ObjectNamespace<T> with(CallOptions options) {
    return new Namespace<>(runtime, options.timeout());
  }

  @Override
  public String toString() {
    return "namespace " + name();
  }
}
