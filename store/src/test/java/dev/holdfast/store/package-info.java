// SPDX-License-Identifier: Apache-2.0
/** What the values of the store contract promise by themselves. */
@NullMarked
package dev.holdfast.store;

import org.jspecify.annotations.NullMarked;
