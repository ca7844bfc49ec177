// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.CallOptions;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectStub;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.engine.activation.FetchInvocation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One stub: the untyped handle itself, and what stands behind the typed one. Immutable. */
final class Stub<T> implements ObjectStub, InvocationHandler {
  private final NamespaceRuntime<T> runtime;
  private final ObjectId id;
  private final @Nullable Duration timeout;

  Stub(NamespaceRuntime<T> runtime, ObjectId id, @Nullable Duration timeout) {
    this.runtime = runtime;
    this.id = id;
    this.timeout = timeout;
  }

  @Override
  public @Nullable Object invoke(
      Object stub, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    RemoteMethod remote = runtime.remoteInterface().method(method);
    if (remote == null) {
      throw new UnsupportedOperationException(
          "%s: %s is not a remote method, since java.* declares it; declare it in the interface"
              .formatted(this, method.getName()));
    }
    MethodInvocation invocation = remote.invocation(this, arguments);
    return remote.async()
        ? runtime.calls().callAsync(id, invocation, timeout)
        : runtime.calls().call(id, invocation, timeout);
  }

  @Override
  public ObjectId id() {
    return id;
  }

  @Override
  public Optional<String> name() {
    return id.name();
  }

  @Override
  public Response fetch(Request request) {
    FetchInvocation fetch = new FetchInvocation(request, runtime.fetchFailures());
    try {
      Object response = runtime.calls().call(id, fetch, timeout);
      return fetch.received((Response) Objects.requireNonNull(response));
    } catch (RuntimeException | Error e) {
      fetch.failed(e);
      throw e;
    } catch (Throwable e) {
      fetch.failed(e);
      throw new IllegalStateException("fetch failed with a checked exception", e);
    }
  }

  @Override
  public ObjectStub with(CallOptions options) {
    return new Stub<>(runtime, id, options.timeout());
  }

  @Override
  public String toString() {
    return runtime.name() + "/" + id.name().orElseGet(id::toString);
  }
}
