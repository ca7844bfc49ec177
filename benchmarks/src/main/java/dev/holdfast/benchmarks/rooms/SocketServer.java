// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms;

import java.io.IOException;

/** Serves sockets in this process. */
interface SocketServer extends AutoCloseable {

  int port();

  /** How many objects are in memory. */
  long awake();

  @Override
  void close() throws IOException;
}
