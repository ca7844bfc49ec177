// SPDX-License-Identifier: Apache-2.0
/** The embedded store. */
@NullMarked
package dev.holdfast.store.rocksdb;

import org.jspecify.annotations.NullMarked;
