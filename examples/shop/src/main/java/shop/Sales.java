// SPDX-License-Identifier: Apache-2.0
package shop;

/**
 * What was sold of an item.
 *
 * @param quantity how many
 * @param revenue in cents
 */
public record Sales(String item, long quantity, long revenue) {}
