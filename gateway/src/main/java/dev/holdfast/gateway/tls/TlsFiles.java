// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.tls;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;

/**
 * Where the certificate of a gateway is. Immutable.
 *
 * @param certificate PEM: the certificate of the server, then those that lead to one that clients
 *     trust
 * @param key PEM: the private key of the first one, in PKCS#8, not encrypted; may be the same file
 */
public record TlsFiles(Path certificate, Path key) {
  public TlsFiles {
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(key, "key");
  }

  /**
   * Makes sure that the files can be used. Blocks.
   *
   * @throws TlsFileException if one of them is not there or not what it is to be, they do not
   *     belong together, or the certificate is not valid at {@code now}
   */
  public void check(Instant now) throws TlsFileException {
    var _ = KeyPairFiles.read(this, now);
  }
}
