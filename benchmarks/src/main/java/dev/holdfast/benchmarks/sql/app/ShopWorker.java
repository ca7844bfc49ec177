// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.sql.app;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import dev.holdfast.Worker;

/**
 * {@code GET /shops/{name}/items/{id}} reads an item, {@code POST} adds one to it, and {@code GET
 * /shops/{name}} adds all of them up.
 */
public final class ShopWorker implements Worker {
  private final ObjectNamespace<Shop> shops;

  public ShopWorker(Env env) {
    shops = env.objects(Shop.class);
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (!url.segment(0).equals("shops") || url.segment(1).isEmpty()) {
      return Response.status(404);
    }
    Shop shop = shops.getByName(url.segment(1));
    if (url.segments().size() == 2) {
      return Response.text(shop.total());
    }
    long item = Long.parseLong(url.segment(3));
    return Response.text(request.method().equals("POST") ? shop.update(item) : shop.read(item));
  }
}
