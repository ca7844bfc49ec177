// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import dev.holdfast.ObjectStub;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/** Makes typed stubs of one interface. Immutable, thread-safe. */
final class StubMaker<T> {
  private final Class<T> type;
  private final Class<?>[] interfaces;

  StubMaker(Class<T> type) {
    this.type = type;
    this.interfaces = new Class<?>[] {type, ObjectStub.Typed.class};
  }

  T make(InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), interfaces, handler));
  }
}
