// SPDX-License-Identifier: Apache-2.0
package chat;

/** What others may call on a room, beside asking it for a socket. */
public interface Room {
  /** How many messages were ever posted in it. */
  long posts();
}
