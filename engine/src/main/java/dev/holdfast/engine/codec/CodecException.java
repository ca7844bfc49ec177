// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that cannot be decoded as the type that was asked for: written as another type, damaged, or
 * refused by a constructor of the type. The message says where in the value.
 */
public final class CodecException extends IllegalArgumentException {
  CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
