// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import java.time.Instant;
import java.util.List;

/** What callers of a club see. */
public interface Club {
  // docs: storage-values
  record Profile(String name, Instant since) {}

  sealed interface Event {}

  record Joined(String member, Instant at) implements Event {}

  record Left(String member, Instant at) implements Event {}

  // end docs

  void rename(String name);

  List<String> addInterest(String interest);

  Profile profile();

  String join(String member);

  void leave(String member);

  List<Event> latest(int most);

  List<String> keysAfter(String key, int most);

  long joinedInAll();

  int forgetBefore(Instant time);

  void pay(String from, String to, long amount);

  long balance(String member);

  long payments();

  void order(String what);

  void close();

  String content();
}
