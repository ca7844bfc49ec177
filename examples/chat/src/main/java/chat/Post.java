// SPDX-License-Identifier: Apache-2.0
package chat;

import java.time.Instant;

/**
 * A message in a room. Immutable.
 *
 * @param number its place in the room, from 1
 * @param from who wrote it
 * @param text what
 * @param at when the room got it
 * @param id what its page calls it, so that one that is sent again is kept once
 */
record Post(long number, String from, String text, Instant at, String id) {}
