// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import java.util.Map;

/** What callers see of orders. */
public interface Orders {
  void place(Map<String, Integer> quantities);

  Map<String, Integer> largest();
}
