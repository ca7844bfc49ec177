// SPDX-License-Identifier: Apache-2.0
/** What a test loads as if it were an app: it must not refer to the engine. */
@NullMarked
package dev.holdfast.engine.call.guest;

import org.jspecify.annotations.NullMarked;
