// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql;

import dev.holdfast.benchmarks.contest.App;
import dev.holdfast.benchmarks.contest.Contender;
import dev.holdfast.benchmarks.contest.LaunchOptions;
import dev.holdfast.benchmarks.wrk.CountedServer;
import java.io.IOException;
import java.nio.file.Path;

/** The contenders that serve shops. */
final class ShopServer {
  private static final App APP = new App("sql", "/shops/s0");
  private static final CountedServer.Objects SHOPS =
      new CountedServer.Objects("/shops/s", Workload.MOST_OBJECTS);

  private ShopServer() {}

  /** Starts a contender with no data but all shops; returns once each of them has its items. */
  static CountedServer start(Contender contender, LaunchOptions options, Path parent)
      throws IOException, InterruptedException {
    CountedServer server = CountedServer.start(contender, APP, SHOPS, options, parent);
    try {
      server.check();
      return server;
    } catch (IOException | InterruptedException | IllegalStateException e) {
      server.discard();
      throw e;
    }
  }
}
