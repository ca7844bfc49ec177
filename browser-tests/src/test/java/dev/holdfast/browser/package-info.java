// SPDX-License-Identifier: Apache-2.0
/**
 * The chat example in a real browser, served by the real command as a process of its own. Read
 * first: {@link dev.holdfast.browser.ConversationTest}, then {@link
 * dev.holdfast.browser.CrashTest}.
 *
 * <p>All tests of a run share one Chromium. A page is a window of it, and two windows are two
 * people. A test waits for what a person would wait for, never for a time.
 */
@NullMarked
package dev.holdfast.browser;

import org.jspecify.annotations.NullMarked;
