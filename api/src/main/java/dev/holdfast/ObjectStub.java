// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.util.Optional;

/**
 * The untyped side of a stub: whom it reaches, and HTTP. Immutable, thread-safe.
 *
 * <p>Calls made through one stub reach the object in the order in which they were made. A stub
 * never breaks: after a reset the next call reaches the next activation.
 */
public interface ObjectStub {

  /**
   * The untyped side of a typed stub.
   *
   * @throws IllegalArgumentException if {@code stub} did not come from an {@link ObjectNamespace}
   */
  static ObjectStub of(Object stub) {
    if (stub instanceof Typed typed) {
      return typed.objectStub();
    }
    throw new IllegalArgumentException(
        stub.getClass().getName() + " is not a stub; pass what ObjectNamespace.get returned");
  }

  /** The id of the object. */
  ObjectId id();

  /** The name of the object, if the stub was made from one. */
  Optional<String> name();

  /**
   * Sends an HTTP request to {@link DurableObject#fetch} and waits for the head of the response;
   * its body comes as it is read, see {@link Body}. The timeout covers the wait for the head. In
   * object code the body can be read until the event ends.
   */
  Response fetch(Request request);

  /** The same object, called with other options. */
  ObjectStub with(CallOptions options);

  /** What every typed stub also is. Not for user code: use {@link ObjectStub#of}. */
  interface Typed {
    /** The untyped side. */
    ObjectStub objectStub();
  }
}
