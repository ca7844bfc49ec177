// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

/**
 * One entry of an object's map.
 *
 * @param key its key
 * @param value its value, not copied: do not change it
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by nobody; copying values would cost the read path
public record Entry(EntryKey key, byte[] value) {}
