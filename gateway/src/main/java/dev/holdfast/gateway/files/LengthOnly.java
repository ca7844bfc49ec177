// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.files;

import dev.holdfast.Body;
import java.io.InputStream;
import java.util.OptionalLong;

/**
 * What stands for the body in an answer to HEAD. Immutable.
 *
 * @param bytesOfFile how long the body would be
 */
record LengthOnly(long bytesOfFile) implements Body {
  @Override
  public OptionalLong length() {
    return OptionalLong.of(bytesOfFile);
  }

  @Override
  public InputStream stream() {
    return InputStream.nullInputStream();
  }
}
