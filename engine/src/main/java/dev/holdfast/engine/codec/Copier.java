// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.codec;

import org.jspecify.annotations.Nullable;

public interface Copier {
  @Nullable Object copy(@Nullable Object value);
}
