// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import dev.holdfast.gateway.GatewayTimeouts;
import java.time.Duration;

/** What a node is started for; decides what holds where nothing is said. */
public enum Mode {
  /** A developer's machine: reachable from that machine alone, data out of the way, stops soon. */
  DEV("localhost", ".holdfast/data", Duration.ofSeconds(2)),
  /** In earnest: reachable from everywhere. */
  RUN("0.0.0.0", "data", GatewayTimeouts.defaults().drain());

  private final String host;
  private final String data;
  private final Duration drain;

  Mode(String host, String data, Duration drain) {
    this.host = host;
    this.data = data;
    this.drain = drain;
  }

  /** The address to listen on. */
  String host() {
    return host;
  }

  /** The data directory, in the app's folder. */
  String data() {
    return data;
  }

  /** How long requests under way have when the node stops: a stream need not end by itself. */
  Duration drain() {
    return drain;
  }
}
