// SPDX-License-Identifier: Apache-2.0
package chat;

import org.jspecify.annotations.Nullable;

/**
 * What a page sends, as JSON. Immutable.
 *
 * @param text a message; null if the writer is typing one
 * @param id what the page calls the message; null without one
 */
record Say(@Nullable String text, @Nullable String id) {}
