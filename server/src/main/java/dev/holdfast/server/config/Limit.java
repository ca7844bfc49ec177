// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.EngineOptions.MemoryLimits;
import dev.holdfast.gateway.GatewayLimits;
import dev.holdfast.gateway.GatewayTimeouts;
import dev.holdfast.server.NodeOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A key of {@code [limits]}: its name, which ends in its unit, its bounds, and what it changes.
 *
 * @param key as written
 * @param min the least value
 * @param max the greatest value
 * @param change the options with that value
 */
record Limit(String key, long min, long max, BiFunction<NodeOptions, Long, NodeOptions> change) {
  private static final long MAX_MILLIS = Duration.ofDays(1).toMillis();

  /** Every key there is. */
  static final List<Limit> ALL =
      List.of(
          new Limit(
              "body-bytes", 0, 1L << 40, (o, v) -> gateway(o, limits -> limits.withBodyBytes(v))),
          new Limit(
              "header-bytes",
              1024,
              1 << 20,
              (o, v) -> gateway(o, limits -> limits.withHeaderBytes(v.intValue()))),
          new Limit(
              "concurrent-requests",
              1,
              1_000_000,
              (o, v) -> gateway(o, limits -> limits.withConcurrentRequests(v.intValue()))),
          new Limit(
              "answer-ms",
              1,
              MAX_MILLIS,
              (o, v) -> timeouts(o, timeouts -> timeouts.withAnswer(Duration.ofMillis(v)))),
          new Limit(
              "drain-ms",
              1,
              MAX_MILLIS,
              (o, v) -> timeouts(o, timeouts -> timeouts.withDrain(Duration.ofMillis(v)))),
          new Limit(
              "waiting-events",
              1,
              1_000_000,
              (o, v) ->
                  events(
                      o,
                      e ->
                          new EventLimits(
                              v.intValue(),
                              e.maxWaitingBytes(),
                              e.callTimeout(),
                              e.wallLimit(),
                              e.slowAfter()))),
          new Limit(
              "waiting-bytes",
              1,
              1L << 40,
              (o, v) ->
                  events(
                      o,
                      e ->
                          new EventLimits(
                              e.maxWaiting(), v, e.callTimeout(), e.wallLimit(), e.slowAfter()))),
          new Limit(
              "call-ms",
              1,
              MAX_MILLIS,
              (o, v) ->
                  events(
                      o,
                      e ->
                          new EventLimits(
                              e.maxWaiting(),
                              e.maxWaitingBytes(),
                              Duration.ofMillis(v),
                              e.wallLimit(),
                              e.slowAfter()))),
          new Limit(
              "wall-ms",
              1,
              MAX_MILLIS,
              (o, v) ->
                  events(
                      o,
                      e ->
                          new EventLimits(
                              e.maxWaiting(),
                              e.maxWaitingBytes(),
                              e.callTimeout(),
                              Duration.ofMillis(v),
                              e.slowAfter()))),
          new Limit(
              "idle-ms",
              0,
              MAX_MILLIS,
              (o, v) ->
                  memory(
                      o,
                      m ->
                          new MemoryLimits(
                              Duration.ofMillis(v), m.maxCacheBytes(), m.maxActivations()))),
          new Limit(
              "cache-bytes",
              1 << 20,
              1L << 40,
              (o, v) -> memory(o, m -> new MemoryLimits(m.idleAfter(), v, m.maxActivations()))),
          new Limit(
              "disk-reserve-bytes",
              0,
              1L << 50,
              (o, v) -> o.withStore(o.store().withReserveBytes(v))));

  private static NodeOptions gateway(NodeOptions options, UnaryOperator<GatewayLimits> change) {
    return options.withGateway(
        options.gateway().withLimits(change.apply(options.gateway().limits())));
  }

  private static NodeOptions timeouts(NodeOptions options, UnaryOperator<GatewayTimeouts> change) {
    return options.withGateway(
        options.gateway().withTimeouts(change.apply(options.gateway().timeouts())));
  }

  private static NodeOptions events(NodeOptions options, UnaryOperator<EventLimits> change) {
    EngineOptions engine = options.engine();
    return options.withEngine(engine.withEvents(change.apply(engine.events())));
  }

  private static NodeOptions memory(NodeOptions options, UnaryOperator<MemoryLimits> change) {
    EngineOptions engine = options.engine();
    return options.withEngine(engine.withMemory(change.apply(engine.memory())));
  }
}
