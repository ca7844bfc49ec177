// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.floor;

import dev.holdfast.benchmarks.floor.FloorHttp;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sqlite.SQLiteConfig.SynchronousMode;

/**
 * The routes: {@code GET /shops/NAME/items/ID}, {@code POST} on the same, and {@code GET
 * /shops/NAME}.
 */
final class ShopHttp implements FloorHttp.Routes {
  private static final String PREFIX = "/shops/";
  private static final String ITEMS = "/items/";

  /** As many as there are connections: each may wait for the disk. */
  private static final int WRITERS = 64;

  private final ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
  private final ConcurrentMap<String, ShopFile> shops = new ConcurrentHashMap<>();
  private final Path data;
  private final int items;

  ShopHttp(Path data, int items) {
    this.data = data;
    this.items = items;
  }

  private interface Step {
    long run(ShopFile shop) throws SQLException;
  }

  @Override
  public void answer(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.startsWith(PREFIX)) {
      FloorHttp.refuse(request, 404);
      return;
    }
    int end = path.indexOf('/', PREFIX.length());
    if (end < 0) {
      answer(request, path.substring(PREFIX.length()), ShopFile::total);
    } else {
      String name = path.substring(PREFIX.length(), end);
      long item = Long.parseLong(path, end + ITEMS.length(), path.length(), 10);
      if (HttpMethod.GET.equals(request.method())) {
        answer(request, name, shop -> shop.read(item));
      } else {
        writers.execute(() -> answer(request, name, shop -> shop.update(item)));
      }
    }
  }

  private void answer(HttpServerRequest request, String name, Step step) {
    try {
      FloorHttp.text(request, step.run(shops.computeIfAbsent(name, this::open)));
    } catch (SQLException | IllegalStateException e) {
      FloorHttp.refuse(request, 500);
    }
  }

  private ShopFile open(String name) {
    try {
      return new ShopFile(data.resolve(name + ".db"), items, SynchronousMode.FULL);
    } catch (SQLException e) {
      throw new IllegalStateException("the database of " + name + " cannot be opened", e);
    }
  }
}
