// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.server.Node;
import dev.holdfast.server.NodeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Serves shops with a node as it is by default, but that the system property {@code
 * shops.openDatabases} says how many databases may be open at once, if it is set.
 */
@Command(name = "shop-server", mixinStandardHelpOptions = true)
public final class ShopServer implements Callable<Integer> {
  @Option(names = "--port", required = true)
  private int port;

  @Option(names = "--data", required = true, description = "directory of the store")
  private Path data = Path.of("");

  private ShopServer() {}

  public static void main(String[] args) {
    int exit = new CommandLine(new ShopServer()).execute(args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  /** Returns once it serves; the event loops keep the process alive. */
  @Override
  public Integer call() {
    NodeOptions options = NodeOptions.over(data);
    SqlOptions sql = options.engine().sql();
    SqlLimits limits = sql.limits();
    SqlLimits opened =
        new SqlLimits(
            limits.databaseBytes(),
            limits.textBytes(),
            limits.likeBytes(),
            limits.parameters(),
            Integer.getInteger("shops.openDatabases", limits.openDatabases()));
    var _ =
        Node.start(
            options
                .withGateway(options.gateway().withPort(port))
                .withEngine(options.engine().withSql(sql.withLimits(opened))),
            List.of(new ObjectClass<>("Shop", Shop.class, ShopObject::new)),
            ShopWorker::new);
    return 0;
  }
}
