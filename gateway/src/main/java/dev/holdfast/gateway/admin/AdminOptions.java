// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import java.util.Objects;

/**
 * Where the operator's pages are. Immutable.
 *
 * @param host the address to listen on; whoever reaches it can read all pages
 * @param port the port to listen on, 0 for any free one
 */
public record AdminOptions(String host, int port) {
  /** The address that only this machine reaches. */
  public static final String DEFAULT_HOST = "localhost";

  public AdminOptions {
    Objects.requireNonNull(host, "host");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
    }
  }
}
