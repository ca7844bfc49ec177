// SPDX-License-Identifier: Apache-2.0
/**
 * A chat in the browser: each room is a durable object that sleeps between messages while all who
 * are in it stay connected. Read first: {@link chat.ChatRoom}.
 */
@NullMarked
package chat;

import org.jspecify.annotations.NullMarked;
