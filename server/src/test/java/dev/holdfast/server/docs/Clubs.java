// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.Env;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectEntry;
import dev.holdfast.ObjectNamespace;
import java.util.List;

/** What a worker does with all clubs. */
final class Clubs {
  private final ObjectNamespace<Club> clubs;

  Clubs(Env env) {
    this.clubs = env.objects(Club.class);
  }

  // docs: objects-list
  List<String> overview(String prefix) {
    return clubs.list(KeyRange.prefix(prefix).limit(100)).stream()
        .map(club -> club.name().orElseThrow() + ": " + club.bytes() + " bytes, " + club.written())
        .toList();
  }

  List<ObjectEntry> pageAfter(ObjectEntry last) {
    return clubs.list(KeyRange.all().after(last.name().orElseThrow()).limit(100));
  }

  // end docs

  // docs: objects-delete
  boolean dissolve(String name) {
    return clubs.delete(clubs.idFromName(name)); // whether it existed
  }
  // end docs
}
