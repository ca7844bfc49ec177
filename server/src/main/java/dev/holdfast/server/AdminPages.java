// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import dev.holdfast.engine.Engine;
import dev.holdfast.engine.socket.SocketTable;
import dev.holdfast.gateway.Gateway;
import dev.holdfast.gateway.admin.ActivationsPage;
import dev.holdfast.gateway.admin.AdminOptions;
import dev.holdfast.gateway.admin.AdminServer;
import dev.holdfast.gateway.admin.HealthPage;
import dev.holdfast.gateway.admin.SocketsPage;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The operator's pages of a node: which there are. */
final class AdminPages {
  private AdminPages() {}

  /**
   * Serves them, if they are wanted.
   *
   * @param options where; null for nowhere
   * @param engine that runs now
   * @param gateway what serves the worker and was added to {@code parts} last; null if nothing does
   * @param parts whose end they tell of
   */
  static @Nullable AdminServer start(
      @Nullable AdminOptions options,
      SocketTable sockets,
      Supplier<Engine> engine,
      @Nullable Gateway gateway,
      Parts parts) {
    if (options == null) {
      return null;
    }
    AdminServer admin =
        AdminServer.start(
            options,
            List.of(
                new HealthPage(parts::closing),
                new ActivationsPage(engine),
                new SocketsPage(() -> gateway == null ? 0 : gateway.sockets(), sockets)));
    return gateway == null ? parts.add(admin) : parts.addBelow(admin);
  }
}
