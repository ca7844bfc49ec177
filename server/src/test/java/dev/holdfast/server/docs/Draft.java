// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import java.time.Instant;
import java.util.List;

/** What callers of a draft see. */
public interface Draft {
  void write(String text);

  String text();

  String mark();

  String textAt(String bookmark);

  String textAt(Instant time);

  List<String> titlesThen(String bookmark);

  String goBack(String bookmark);

  void replaceAll(List<String> texts);
}
