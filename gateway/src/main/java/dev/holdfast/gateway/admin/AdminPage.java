// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway.admin;

import io.vertx.core.json.JsonObject;

/** One page for the operator. Thread-safe; never blocks. */
public interface AdminPage {

  /** Where it is: {@code /health}. */
  String path();

  /** What it tells, in a few words for the list of all pages. */
  String about();

  /** The page as it is now. */
  Answer answer();

  /**
   * A page at a moment. Immutable: nobody changes its content.
   *
   * @param status of HTTP
   * @param content what is told
   */
  record Answer(int status, JsonObject content) {
    /** An answer with status 200. */
    static Answer of(JsonObject content) {
      return new Answer(200, content);
    }
  }
}
