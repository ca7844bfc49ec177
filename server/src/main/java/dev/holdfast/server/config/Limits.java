// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.config;

import dev.holdfast.engine.EngineOptions;
import dev.holdfast.engine.EngineOptions.EventLimits;
import dev.holdfast.engine.EngineOptions.MemoryLimits;
import dev.holdfast.engine.socket.SocketLimits;
import dev.holdfast.engine.sql.SqlLimits;
import dev.holdfast.engine.sql.SqlOptions;
import dev.holdfast.engine.sql.page.ScratchLimits;
import dev.holdfast.engine.state.StateLimits;
import dev.holdfast.gateway.GatewayLimits;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.gateway.GatewayTimeouts;
import dev.holdfast.server.NodeOptions;
import dev.holdfast.store.rocksdb.RocksStoreOptions;
import java.time.Duration;

/** Reads {@code [limits]}: numbers whose keys end in their unit, over the defaults of a node. */
final class Limits {
  private static final int MAX_COUNT = 1_000_000;
  private static final int MAX_CONNECTIONS = 10_000_000;
  private static final int MAX_VALUE_BYTES = 1 << 30;
  private static final int MAX_SQL_PARAMETERS = 250_000;
  private static final long MAX_BYTES = 1L << 50;
  private static final long MAX_MILLIS = Duration.ofDays(1).toMillis();

  private final TableReader table;

  private Limits(TableReader table) {
    this.table = table;
  }

  /** The options with what the table says. */
  static NodeOptions read(TableReader table, NodeOptions defaults) {
    Limits limits = new Limits(table);
    NodeOptions options =
        defaults
            .withGateway(limits.gateway(defaults.gateway()))
            .withEngine(limits.engine(defaults.engine()))
            .withSockets(limits.sockets(defaults.sockets()))
            .withStore(limits.store(defaults.store()));
    table.finish();
    return options;
  }

  private GatewayOptions gateway(GatewayOptions options) {
    GatewayLimits limits = options.limits();
    GatewayTimeouts timeouts = options.timeouts();
    return options
        .withLimits(
            limits
                .withConnections(
                    (int) table.integer("connections", 1, MAX_CONNECTIONS, limits.connections()))
                .withRequestLineBytes(buffer("request-line-bytes", limits.requestLineBytes()))
                .withHeaderBytes(buffer("header-bytes", limits.headerBytes()))
                .withBodyBytes(bytes("body-bytes", limits.bodyBytes()))
                .withConcurrentRequests(count("concurrent-requests", limits.concurrentRequests()))
                .withBufferedResponseBytes(
                    buffer("response-buffer-bytes", limits.bufferedResponseBytes()))
                .withPendingResponseBytes(
                    bytes("pending-response-bytes", limits.pendingResponseBytes()))
                .withSocketMessageBytes(
                    (int)
                        table.integer(
                            "socket-message-bytes",
                            1,
                            MAX_VALUE_BYTES,
                            limits.socketMessageBytes()))
                .withSocketSendBytes(socketSendBytes(limits.socketSendBytes())))
        .withTimeouts(
            timeouts
                .withHead(millis("head-ms", 1, timeouts.head()))
                .withBody(millis("body-ms", 1, timeouts.body()))
                .withSend(millis("send-ms", 1, timeouts.send()))
                .withIdle(millis("keep-alive-ms", 1, timeouts.idle()))
                .withAnswer(millis("answer-ms", 1, timeouts.answer()))
                .withDrain(millis("drain-ms", 1, timeouts.drain()))
                .withSocketPing(millis("socket-ping-ms", 1, timeouts.socketPing())));
  }

  private EngineOptions engine(EngineOptions options) {
    EventLimits events = options.events();
    MemoryLimits memory = options.memory();
    StateLimits state = options.state();
    return options
        .withEvents(
            new EventLimits(
                count("waiting-events", events.waitingEvents()),
                bytes("waiting-bytes", events.waitingBytes()),
                count("suspended-events", events.suspendedEvents()),
                count("timers", events.timers()),
                count("open-calls", events.openCalls()),
                millis("call-ms", 1, events.callTimeout()),
                millis("wall-ms", 1, events.wallLimit()),
                events.slowAfter(),
                millis("stream-idle-ms", 1, events.streamIdle())))
        .withState(
            new StateLimits(
                state.keyBytes(),
                (int) table.integer("value-bytes", 1, MAX_VALUE_BYTES, state.valueBytes()),
                bytes("commit-bytes", state.commitBytes()),
                bytes("list-bytes", state.listBytes()),
                state.cachedBytesPerObject(),
                bytes("object-bytes", state.objectBytes())))
        .withSql(sql(options.sql()))
        .withMemory(
            new MemoryLimits(
                millis("idle-ms", 0, memory.idleAfter()),
                bytes("cache-bytes", memory.cacheBytes()),
                (int) table.integer("activations", 1, Integer.MAX_VALUE, memory.activations())));
  }

  private SqlOptions sql(SqlOptions options) {
    SqlLimits sql = options.limits();
    ScratchLimits scratch = options.scratchLimits();
    return options
        .withLimits(
            new SqlLimits(
                table.integer("sql-database-bytes", 1 << 16, MAX_BYTES, sql.databaseBytes()),
                buffer("sql-text-bytes", sql.textBytes()),
                buffer("sql-like-bytes", sql.likeBytes()),
                (int) table.integer("sql-parameters", 1, MAX_SQL_PARAMETERS, sql.parameters()),
                count("sql-open-databases", sql.openDatabases())))
        .withOpenBytes(bytes("sql-open-bytes", options.openBytes()))
        .withScratchLimits(
            new ScratchLimits(
                bytes("sql-closed-bytes", scratch.closedBytes()), scratch.markedBytes()));
  }

  private SocketLimits sockets(SocketLimits sockets) {
    return new SocketLimits(
        count("sockets-per-object", sockets.perObject()),
        buffer("socket-attachment-bytes", sockets.attachmentBytes()),
        buffer("socket-receive-bytes", sockets.receiveBytes()),
        socketSendBytes(sockets.sendBytes()),
        sockets.openWithin());
  }

  /** It bounds what waits for a socket's client, before there is a connection and then. */
  private int socketSendBytes(int otherwise) {
    return (int) table.integer("socket-send-bytes", 1, MAX_VALUE_BYTES, otherwise);
  }

  private RocksStoreOptions store(RocksStoreOptions options) {
    return options
        .withQueueBytes(
            table.integer("commit-queue-bytes", 1 << 20, MAX_BYTES, options.queueBytes()))
        .withReserveBytes(bytes("disk-reserve-bytes", options.reserveBytes()));
  }

  private int count(String key, int otherwise) {
    return (int) table.integer(key, 1, MAX_COUNT, otherwise);
  }

  private int buffer(String key, int otherwise) {
    return (int) table.integer(key, 1 << 10, 1 << 24, otherwise);
  }

  private long bytes(String key, long otherwise) {
    return table.integer(key, 0, MAX_BYTES, otherwise);
  }

  private Duration millis(String key, long min, Duration otherwise) {
    return Duration.ofMillis(table.integer(key, min, MAX_MILLIS, otherwise.toMillis()));
  }
}
