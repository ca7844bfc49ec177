// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.util.Objects;

/**
 * Where and how a gateway serves. Immutable.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param eventLoops the number of event-loop threads
 * @param limits how much it accepts and holds
 * @param timeouts how long it waits
 */
public record GatewayOptions(
    String host, int port, int eventLoops, GatewayLimits limits, GatewayTimeouts timeouts) {

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
   * Port 8080 of all addresses. Event loops only move bytes, and share the cores with the virtual
   * threads that do the work, so there is one for every two cores.
   */
  public static GatewayOptions defaults() {
    return new GatewayOptions(
        "0.0.0.0",
        8080,
        Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
        GatewayLimits.defaults(),
        GatewayTimeouts.defaults());
  }

  /** These options with another address. */
  public GatewayOptions withHost(String newHost) {
    return new GatewayOptions(newHost, port, eventLoops, limits, timeouts);
  }

  /** These options with another port. */
  public GatewayOptions withPort(int newPort) {
    return new GatewayOptions(host, newPort, eventLoops, limits, timeouts);
  }

  /** These options with another number of event loops. */
  public GatewayOptions withEventLoops(int loops) {
    return new GatewayOptions(host, port, loops, limits, timeouts);
  }

  /** These options with other limits. */
  public GatewayOptions withLimits(GatewayLimits newLimits) {
    return new GatewayOptions(host, port, eventLoops, newLimits, timeouts);
  }

  /** These options with other timeouts. */
  public GatewayOptions withTimeouts(GatewayTimeouts newTimeouts) {
    return new GatewayOptions(host, port, eventLoops, limits, newTimeouts);
  }
}
