// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import java.util.concurrent.CompletableFuture;

/** What callers of a box office see. */
public interface Tickets {
  void open(int seats);

  int left();

  int sold();

  boolean buyWrong(String buyer);

  boolean buy(String buyer);

  boolean buyAlone(String buyer);

  boolean buyInSection(String buyer);

  CompletableFuture<Boolean> buyForBoth(String one, String other);

  void complain(String text);

  long complaints();

  void reset(String why);
}
