// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.tls;

import java.nio.file.Path;

/**
 * A file with a certificate or a key cannot be used. The message names it, what was expected and
 * found, and what to do.
 */
public final class TlsFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Path file;

  TlsFileException(Path file, String problem) {
    super(file + ": " + problem);
    this.file = file;
  }

  /** The file that is to be mended. */
  public Path file() {
    return file;
  }
}
