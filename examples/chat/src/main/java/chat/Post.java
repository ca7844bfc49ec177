// SPDX-License-Identifier: Apache-2.0
package chat;

import java.time.Instant;

/**
 * A message in a room, as it is stored and as pages get it. Immutable.
 *
 * @param number its place in the room: 1, 2, 3, …
 * @param from who wrote it
 * @param id what the page of the writer calls it
 * @param text what
 * @param at when the room got it
 */
record Post(long number, Member from, String id, String text, Instant at) {}
