// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import java.util.Set;

public final class ExceptionCodec {
  public Throwable copy(Throwable thrown, Set<Class<?>> declared) {
    return thrown;
  }
}
