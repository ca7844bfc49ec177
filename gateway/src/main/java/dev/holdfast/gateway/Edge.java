// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import dev.holdfast.Worker;
import java.util.concurrent.ThreadFactory;

/**
 * What all exchanges of a gateway share. Immutable; its parts are thread-safe.
 *
 * @param worker answers the requests
 * @param threads makes the virtual thread of each request
 * @param admission counts and bounds the requests
 * @param options limits and timeouts
 */
record Edge(Worker worker, ThreadFactory threads, Admission admission, GatewayOptions options) {}
