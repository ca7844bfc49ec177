// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.AbstractNativeReference;

/** Objects in native memory that live as long as one database, given back in reverse order. */
final class NativeObjects implements AutoCloseable {
  private final Deque<AbstractNativeReference> kept = new ArrayDeque<>();

  <T extends AbstractNativeReference> T keep(T object) {
    kept.push(object);
    return object;
  }

  @Override
  public void close() {
    while (!kept.isEmpty()) {
      kept.pop().close();
    }
  }
}
