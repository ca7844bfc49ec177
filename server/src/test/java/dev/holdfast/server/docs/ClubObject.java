// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

import dev.holdfast.DurableObject;
import dev.holdfast.Key;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.TypeRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The object of docs/storage.md. */
public final class ClubObject extends DurableObject implements Club {
  private final Consumer<String> supplier;

  ClubObject(ObjectContext ctx, Consumer<String> supplier) {
    super(ctx);
    this.supplier = supplier;
  }

  // docs: storage-entries
  private static final Key<Profile> PROFILE = Key.of("profile", Profile.class);
  private static final TypeRef<List<String>> STRINGS = new TypeRef<>() {};

  @Override
  public void rename(String name) {
    Profile before = storage().get(PROFILE).orElse(new Profile("", ctx().now()));
    storage().put(PROFILE, new Profile(name, before.since()));
  }

  @Override
  public List<String> addInterest(String interest) {
    List<String> interests = storage().get("interests", STRINGS).orElseGet(ArrayList::new);
    interests.add(interest); // a copy of our own: nothing is stored before the put
    storage().put("interests", interests);
    return interests;
  }

  // end docs

  @Override
  public Profile profile() {
    return storage().get(PROFILE).orElseThrow();
  }

  // docs: storage-append
  @Override
  public String join(String member) {
    return storage().append("event:", new Joined(member, ctx().now()));
  }

  @Override
  public List<Event> latest(int most) {
    KeyRange newestFirst = KeyRange.prefix("event:").reverse().limit(most);
    return List.copyOf(storage().list(Event.class, newestFirst).values());
  }

  // end docs

  @Override
  public void leave(String member) {
    storage().append("event:", new Left(member, ctx().now()));
  }

  @Override
  public List<String> keysAfter(String key, int most) {
    // docs: storage-page
    KeyRange nextPage = KeyRange.prefix("event:").after(key).limit(most);
    // end docs
    return List.copyOf(storage().list(Event.class, nextPage).keySet());
  }

  // docs: storage-scan
  @Override
  public long joinedInAll() {
    try (Stream<Map.Entry<String, Event>> events =
        storage().scan(Event.class, KeyRange.prefix("event:"))) {
      return events.filter(event -> event.getValue() instanceof Joined).count();
    }
  }

  // end docs

  @Override
  public int forgetBefore(Instant time) {
    int forgotten = 0;
    Iterator<Map.Entry<String, Event>> events =
        storage().scan(Event.class, KeyRange.prefix("event:")).iterator();
    while (events.hasNext()) {
      Map.Entry<String, Event> event = events.next();
      if (at(event.getValue()).isBefore(time)) {
        storage().delete(event.getKey());
        forgotten++;
      }
    }
    return forgotten;
  }

  private static Instant at(Event event) {
    return switch (event) {
      case Joined joined -> joined.at();
      case Left left -> left.at();
    };
  }

  // docs: storage-transaction
  private long payments;

  @Override
  public void pay(String from, String to, long amount) {
    storage()
        .transaction(
            () -> {
              long before = payments;
              storage().onRollback(() -> payments = before);
              payments++;
              add(to, amount);
              add(from, -amount); // if this throws, nothing of it has happened
            });
  }

  private void add(String member, long amount) {
    long balance = balance(member) + amount;
    if (balance < 0) {
      throw new IllegalArgumentException(member + " does not have that much");
    }
    storage().put("balance:" + member, balance);
  }

  // end docs

  @Override
  public long balance(String member) {
    return storage().get("balance:" + member, Long.class).orElse(100L);
  }

  @Override
  public long payments() {
    return payments;
  }

  // docs: storage-sync
  @Override
  public void order(String what) {
    storage().put("ordering", what);
    storage().sync(); // after a crash we know that the order may have been sent
    supplier.accept(what); // a client of its own: the platform does not hold it back
    storage().delete("ordering");
  }

  // end docs

  // docs: storage-delete-all
  @Override
  public void close() {
    storage().deleteAll();
    storage().put("closed", ctx().now()); // what is written after it in the same turn stays
  }

  // end docs

  @Override
  public String content() {
    List<String> keys = new ArrayList<>();
    storage().get("closed", Instant.class).ifPresent(_ -> keys.add("closed"));
    storage().get("interests", STRINGS).ifPresent(_ -> keys.add("interests"));
    storage().get("ordering", String.class).ifPresent(_ -> keys.add("ordering"));
    storage().get(PROFILE).ifPresent(_ -> keys.add("profile"));
    keys.addAll(storage().list(Event.class, KeyRange.prefix("event:")).keySet());
    return String.join(" ", keys);
  }
}
