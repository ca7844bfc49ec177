// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import io.vertx.core.json.JsonObject;
import java.util.function.BooleanSupplier;

/**
 * Whether the node takes requests: 503 once it has begun to stop, so that a balancer sends no more.
 *
 * @param draining whether it has
 */
public record HealthPage(BooleanSupplier draining) implements AdminPage {
  @Override
  public String path() {
    return "/health";
  }

  @Override
  public String about() {
    return "whether the node takes requests; 503 while it stops";
  }

  @Override
  public Answer answer() {
    return draining.getAsBoolean()
        ? new Answer(503, new JsonObject().put("status", "draining"))
        : Answer.of(new JsonObject().put("status", "serving"));
  }
}
