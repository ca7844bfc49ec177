// SPDX-License-Identifier: Apache-2.0
package shop;

import dev.holdfast.Env;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.Url;
import dev.holdfast.Worker;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The shops over HTTP, in JSON.
 *
 * <pre>
 * GET  /shops/{name}/stock                                  what there is
 * POST /shops/{name}/stock    {"name", "price", "quantity"} more of an item
 * GET  /shops/{name}/orders                                 the last orders
 * POST /shops/{name}/orders   {"customer", "lines"}         places one: 201, or 409 if out of stock
 * GET  /shops/{name}/sales                                  what was sold
 * </pre>
 */
public final class ShopWorker implements Worker {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private final ObjectNamespace<Shop> shops;

  public ShopWorker(Env env) {
    shops = env.objects(Shop.class);
  }

  @Override
  public Response fetch(Request request) {
    Url url = request.url();
    if (url.segments().size() != 3 || !url.segment(0).equals("shops") || url.segment(1).isEmpty()) {
      return error(404, "nothing is here; a shop is /shops/{name}/stock, orders or sales");
    }
    Shop shop = shops.getByName(url.segment(1));
    try {
      return switch (request.method() + " " + url.segment(2)) {
        case "GET stock" -> json(200, shop.stock());
        case "POST stock" -> json(200, shop.restock(read(request, Item.class)));
        case "GET orders" -> json(200, shop.orders());
        case "POST orders" -> json(201, shop.place(read(request, NewOrder.class)));
        case "GET sales" -> json(200, shop.sales());
        default -> error(405, request.method() + " is not for " + url.path());
      };
    } catch (OutOfStockException e) {
      return error(409, message(e));
    } catch (JacksonException e) {
      return error(400, Objects.requireNonNullElse(e.getOriginalMessage(), "no JSON"));
    } catch (IllegalArgumentException e) {
      return error(400, message(e));
    }
  }

  private static <T> T read(Request request, Class<T> type) {
    T read = JSON.readValue(request.body().bytes(), type);
    if (read == null) {
      throw new IllegalArgumentException("null is not what is expected here");
    }
    return read;
  }

  private static String message(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.toString());
  }

  private static Response error(int status, String why) {
    return json(status, Map.of("error", why));
  }

  private static Response json(int status, Object value) {
    return Response.bytes(JSON.writeValueAsBytes(value))
        .withStatus(status)
        .withHeader("Content-Type", "application/json");
  }
}
