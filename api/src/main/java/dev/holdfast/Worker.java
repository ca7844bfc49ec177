// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

/**
 * The stateless code in front of the objects: answers the requests of the outside world. One
 * instance serves many requests at once, each on a virtual thread of its own, where blocking costs
 * nothing.
 */
@FunctionalInterface
public interface Worker {

  /**
   * Answers one request.
   *
   * @throws Exception is logged and answered with 500, or 503 for an overload, without details
   */
  Response fetch(Request request) throws Exception;
}
