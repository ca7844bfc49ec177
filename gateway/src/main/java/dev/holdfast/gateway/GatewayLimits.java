// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

/**
 * How much a gateway accepts and holds. Immutable.
 *
 * <p>Sockets are bounded each by itself. One client can hold {@code socketSendBytes} twice, as
 * messages and as the bytes of them, and {@code socketMessageBytes} four times: a message that
 * comes, unpacked and as it was sent, and the one that its object has yet to take, whose characters
 * may be two bytes each; beside that what its object lets wait, {@code
 * limits.socket-receive-bytes}. That is about 12.5 MiB by default, and nothing bounds what all
 * clients together hold but {@code connections}: whoever serves many that he does not trust gives
 * less to each.
 *
 * @param connections open at once; beyond it a connection is accepted and closed, without an answer
 * @param requestLineBytes the longest request line; beyond it 414
 * @param headerBytes all header fields of a request together; beyond it 431
 * @param bodyBytes the longest request body; beyond it 413
 * @param concurrentRequests requests whose worker runs, those already answered with 504 included;
 *     beyond it 503
 * @param bufferedResponseBytes bytes of one streamed response that wait for a slow client; a writer
 *     that would pass it blocks
 * @param pendingResponseBytes the same of all clients together, and of whole responses of more than
 *     16 KiB; while it is used up, a response that has nothing on its way may still send one piece
 *     of 16 KiB, so that all get on. A connection has one response on its way: no request is begun
 *     while the answers before it wait
 * @param socketMessageBytes the largest message that a client may send on a socket, unpacked;
 *     beyond it the socket is closed with 1009
 * @param socketSendBytes bytes of messages that wait for a client that takes them slowly, where a
 *     message counts for 256 bytes more than it has; beyond it the socket is closed with 1008
 */
public record GatewayLimits(
    int connections,
    int requestLineBytes,
    int headerBytes,
    long bodyBytes,
    int concurrentRequests,
    int bufferedResponseBytes,
    long pendingResponseBytes,
    int socketMessageBytes,
    int socketSendBytes) {
  private static final long MAX_DEFAULT_PENDING_BYTES = 256L << 20;

  public GatewayLimits {
    atLeast(1, connections, "connections");
    atLeast(1, requestLineBytes, "requestLineBytes");
    atLeast(1, headerBytes, "headerBytes");
    atLeast(0, bodyBytes, "bodyBytes");
    atLeast(1, concurrentRequests, "concurrentRequests");
    atLeast(1, bufferedResponseBytes, "bufferedResponseBytes");
    atLeast(0, pendingResponseBytes, "pendingResponseBytes");
    atLeast(1, socketMessageBytes, "socketMessageBytes");
    atLeast(1, socketSendBytes, "socketSendBytes");
  }

  /**
   * 20,000 connections, 8 KiB, 16 KiB, 100 MiB, 10,000 requests, 256 KiB for one client, and for
   * all together 256 MiB or a quarter of the heap, whichever is less; 1 MiB for a message, 4 MiB
   * for the messages that wait for a client.
   */
  public static GatewayLimits defaults() {
    return new GatewayLimits(
        20_000,
        8 << 10,
        16 << 10,
        100L << 20,
        10_000,
        256 << 10,
        Math.min(MAX_DEFAULT_PENDING_BYTES, Runtime.getRuntime().maxMemory() / 4),
        1 << 20,
        4 << 20);
  }

  /** These limits with another number of open connections. */
  public GatewayLimits withConnections(int number) {
    return new GatewayLimits(
        number,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another longest request line. */
  public GatewayLimits withRequestLineBytes(int bytes) {
    return new GatewayLimits(
        connections,
        bytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another size of all header fields together. */
  public GatewayLimits withHeaderBytes(int bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        bytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another longest request body. */
  public GatewayLimits withBodyBytes(long bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another number of requests at once. */
  public GatewayLimits withConcurrentRequests(int requests) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        requests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another number of bytes that wait for a slow client. */
  public GatewayLimits withBufferedResponseBytes(int bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bytes,
        pendingResponseBytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another number of bytes that wait for all clients. */
  public GatewayLimits withPendingResponseBytes(long bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        bytes,
        socketMessageBytes,
        socketSendBytes);
  }

  /** These limits with another largest message of a socket. */
  public GatewayLimits withSocketMessageBytes(int bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        bytes,
        socketSendBytes);
  }

  /** These limits with another number of bytes of messages that wait for a slow client. */
  public GatewayLimits withSocketSendBytes(int bytes) {
    return new GatewayLimits(
        connections,
        requestLineBytes,
        headerBytes,
        bodyBytes,
        concurrentRequests,
        bufferedResponseBytes,
        pendingResponseBytes,
        socketMessageBytes,
        bytes);
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
    }
  }
}
