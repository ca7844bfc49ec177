// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

/** What a node is started for; decides what holds where nothing is said. */
public enum Mode {
  /** A developer's machine: reachable from that machine alone, data out of the way. */
  DEV("localhost", ".holdfast/data"),
  /** In earnest: reachable from everywhere. */
  RUN("0.0.0.0", "data");

  private final String host;
  private final String data;

  Mode(String host, String data) {
    this.host = host;
    this.data = data;
  }

  /** The address to listen on. */
  String host() {
    return host;
  }

  /** The data directory, in the app's folder. */
  String data() {
    return data;
  }
}
