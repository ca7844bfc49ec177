// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.gateway.tls.TlsFiles;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a gateway serves. Immutable.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param eventLoops the number of event-loop threads
 * @param limits how much it accepts and holds
 * @param timeouts how long it waits
 * @param tls the certificate for TLS, which is then spoken on the port and nothing else; null for
 *     HTTP without it
 */
public record GatewayOptions(
    String host,
    int port,
    int eventLoops,
    GatewayLimits limits,
    GatewayTimeouts timeouts,
    @Nullable TlsFiles tls) {

  public GatewayOptions {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(timeouts, "timeouts");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("eventLoops is " + eventLoops + ", must be at least 1");
    }
  }

  /**
   * Port 8080 of all addresses, without TLS. Event loops only move bytes, and share the cores with
   * the virtual threads that do the work, so there is one for every two cores.
   */
  public static GatewayOptions defaults() {
    return new GatewayOptions(
        "0.0.0.0",
        8080,
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        GatewayLimits.defaults(),
        GatewayTimeouts.defaults(),
        null);
  }

  /** These options with another address. */
  public GatewayOptions withHost(String newHost) {
    return new GatewayOptions(newHost, port, eventLoops, limits, timeouts, tls);
  }

  /** These options with another port. */
  public GatewayOptions withPort(int newPort) {
    return new GatewayOptions(host, newPort, eventLoops, limits, timeouts, tls);
  }

  /** These options with another number of event loops. */
  public GatewayOptions withEventLoops(int loops) {
    return new GatewayOptions(host, port, loops, limits, timeouts, tls);
  }

  /** These options with other limits. */
  public GatewayOptions withLimits(GatewayLimits newLimits) {
    return new GatewayOptions(host, port, eventLoops, newLimits, timeouts, tls);
  }

  /** These options with other timeouts. */
  public GatewayOptions withTimeouts(GatewayTimeouts newTimeouts) {
    return new GatewayOptions(host, port, eventLoops, limits, newTimeouts, tls);
  }

  /** These options with TLS, or without it. */
  public GatewayOptions withTls(@Nullable TlsFiles files) {
    return new GatewayOptions(host, port, eventLoops, limits, timeouts, files);
  }
}
