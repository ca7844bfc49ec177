// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import java.time.Duration;

/**
 * How long a gateway waits. Immutable; each is at least one millisecond.
 *
 * @param head from the first byte of a request to the end of its head; beyond it 408
 * @param body without a byte of a request's body while it is waited for; beyond it 408
 * @param send without a byte of a response taken by the client; beyond it the connection is reset.
 *     Also from the first close of a socket to the end of its connection, whatever its client takes
 * @param idle between two requests of a connection; beyond it the connection is closed. Also
 *     without anything to send of a streamed response whose client has ended its own stream; beyond
 *     it the client is taken for gone and the connection is reset
 * @param answer the worker may take to begin its answer, waits for the request's body not counted;
 *     beyond it 504, and the worker's own answer is dropped when it comes
 * @param drain requests may take to be answered when the gateway stops; beyond it their connections
 *     are closed
 * @param socketPing without a byte from the client of a socket until it is asked whether it is
 *     there, and then again until it is taken for gone. A client that has got a close frame is
 *     taken for gone after the same time without one of its own, and after 5 s at the latest
 */
public record GatewayTimeouts(
    Duration head,
    Duration body,
    Duration send,
    Duration idle,
    Duration answer,
    Duration drain,
    Duration socketPing) {

  public GatewayTimeouts {
    positive(head, "head");
    positive(body, "body");
    positive(send, "send");
    positive(idle, "idle");
    positive(answer, "answer");
    positive(drain, "drain");
    positive(socketPing, "socketPing");
  }

  /**
   * 10 s, 30 s, 30 s, 60 s, 35 s, 30 s and 30 s. The limit of an answer is a little above the
   * default limits of a call and of an object, so that their errors, which say more, come first.
   */
  public static GatewayTimeouts defaults() {
    return new GatewayTimeouts(
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(35),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }

  /** These timeouts with another one for the head of a request. */
  public GatewayTimeouts withHead(Duration timeout) {
    return new GatewayTimeouts(timeout, body, send, idle, answer, drain, socketPing);
  }

  /** These timeouts with another one for the body of a request. */
  public GatewayTimeouts withBody(Duration timeout) {
    return new GatewayTimeouts(head, timeout, send, idle, answer, drain, socketPing);
  }

  /** These timeouts with another one for a client that does not take its response. */
  public GatewayTimeouts withSend(Duration timeout) {
    return new GatewayTimeouts(head, body, timeout, idle, answer, drain, socketPing);
  }

  /** These timeouts with another one between two requests. */
  public GatewayTimeouts withIdle(Duration timeout) {
    return new GatewayTimeouts(head, body, send, timeout, answer, drain, socketPing);
  }

  /** These timeouts with another one for the worker's answer. */
  public GatewayTimeouts withAnswer(Duration timeout) {
    return new GatewayTimeouts(head, body, send, idle, timeout, drain, socketPing);
  }

  /** These timeouts with another one for the stop of the gateway. */
  public GatewayTimeouts withDrain(Duration timeout) {
    return new GatewayTimeouts(head, body, send, idle, answer, timeout, socketPing);
  }

  /** These timeouts with another one for the silence of a socket's client. */
  public GatewayTimeouts withSocketPing(Duration timeout) {
    return new GatewayTimeouts(head, body, send, idle, answer, drain, timeout);
  }

  private static void positive(Duration timeout, String name) {
    if (timeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "timeout " + name + " is " + timeout + ", must be at least 1 ms");
    }
  }
}
