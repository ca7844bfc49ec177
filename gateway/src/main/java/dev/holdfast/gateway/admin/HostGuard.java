// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out sites that a browser of this machine shows: such a site may let its own name lead to
 * this machine, but cannot make the browser send another name than that. Immutable.
 *
 * @param configured the host of the port, as it was configured
 */
record HostGuard(String configured) {

  /** Whether a Host field names an address, this machine, or what was configured. */
  boolean admits(@Nullable String field) {
    if (field == null) {
      return false;
    }
    String host = withoutPort(field);
    return host.equalsIgnoreCase("localhost")
        || host.equalsIgnoreCase(configured)
        || NetUtil.isValidIpV4Address(host)
        || (host.startsWith("[")
            && host.endsWith("]")
            && NetUtil.isValidIpV6Address(host.substring(1, host.length() - 1)));
  }

  private static String withoutPort(String field) {
    int colon = field.lastIndexOf(':');
    return colon > field.lastIndexOf(']') ? field.substring(0, colon) : field;
  }
}
