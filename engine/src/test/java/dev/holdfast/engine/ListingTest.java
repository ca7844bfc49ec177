// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static dev.holdfast.engine.TestEngine.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.KeyRange;
import dev.holdfast.LimitExceededException;
import dev.holdfast.ObjectEntry;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.store.Change;
import dev.holdfast.store.Commit;
import dev.holdfast.store.CommitGroup;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.Generation;
import dev.holdfast.store.ObjectRef;
import dev.holdfast.store.OpenedObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which objects exist: by name and by id, page by page, from workers and from objects. */
class ListingTest extends EngineSuite {
  @BeforeEach
  void scripts() {
    test.script("add", self -> String.valueOf(self.add("n", 1)));
    test.script("look", self -> String.valueOf(self.count("n")));
  }

  private ObjectNamespace<ScriptedCalls> objects() {
    return test.objects();
  }

  private void create(String... names) {
    for (String name : names) {
      get(test.call(name, "add"));
    }
  }

  private List<String> names(KeyRange range) {
    return names(objects().list(range));
  }

  private static List<String> names(List<ObjectEntry> entries) {
    return entries.stream().map(entry -> entry.name().orElse("-")).toList();
  }

  @Test
  void objectsAreListed_fromTheirFirstWriteOn_untilTheyAreDeleted() {
    get(test.call("a", "look"));
    assertThat(objects().list(KeyRange.all())).isEmpty();
    create("a", "b");
    assertThat(names(KeyRange.all())).containsExactly("a", "b");
    objects().delete(objects().idFromName("a"));
    assertThat(names(KeyRange.all())).containsExactly("b");
    test.restart();
    assertThat(names(KeyRange.all())).containsExactly("b");
    assertThat(test.engine().activations()).isZero();
  }

  @Test
  void ranges_areThoseOfStorage() {
    create("user-1", "user-2", "user-3", "room-1", "é");

    assertThat(names(KeyRange.prefix("user-"))).containsExactly("user-1", "user-2", "user-3");
    assertThat(names(KeyRange.prefix("user-").reverse().limit(2)))
        .containsExactly("user-3", "user-2");
    assertThat(names(KeyRange.prefix("user-").after("user-1").limit(1))).containsExactly("user-2");
    assertThat(names(KeyRange.between("room", "user-2"))).containsExactly("room-1", "user-1");
    assertThat(names(KeyRange.prefix("nobody"))).isEmpty();
  }

  @Test
  void anEntry_tellsWhenAndHowMuch() {
    Instant first = test.clock.now().truncatedTo(ChronoUnit.SECONDS);
    create("a");
    test.clock.advance(Duration.ofSeconds(90));
    create("a");

    assertThat(objects().list(KeyRange.all()))
        .singleElement()
        .returns(objects().idFromName("a"), ObjectEntry::id)
        .returns(first, ObjectEntry::created)
        .returns(first.plusSeconds(90), ObjectEntry::written)
        .returns(3L, ObjectEntry::bytes);
    test.script(
        "more",
        self -> {
          self.store().put("text", "x".repeat(10_000));
          return "";
        });
    get(test.call("a", "more"));
    assertThat(objects().list(KeyRange.all()).getFirst().bytes()).isBetween(10_000L, 10_100L);
    test.script("less", self -> String.valueOf(self.store().delete("text")));
    get(test.call("a", "less"));
    assertThat(objects().list(KeyRange.all()).getFirst().bytes()).isEqualTo(3);
  }

  @Test
  void theSqlDatabase_counts() {
    test.script(
        "sql",
        self -> {
          self.database().exec("CREATE TABLE t(v BLOB)");
          self.database().exec("INSERT INTO t VALUES (randomblob(100000))");
          return "";
        });
    get(test.call("a", "sql"));

    assertThat(objects().list(KeyRange.all()).getFirst().bytes()).isBetween(100_000L, 150_000L);
  }

  @Test
  void objectsWithoutNames_areListedById() {
    create("a", "b");
    List<ObjectId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ObjectId id = objects().newUniqueId();
      ids.add(id);
      get(test.worker(() -> objects().get(id).run("add")));
    }
    ids.add(objects().idFromName("a"));
    ids.add(objects().idFromName("b"));
    ids.sort(Comparator.naturalOrder());

    assertThat(objects().listAll(100)).extracting(ObjectEntry::id).isEqualTo(ids);
    List<ObjectId> paged = new ArrayList<>();
    List<ObjectEntry> page = objects().listAll(2);
    while (!page.isEmpty()) {
      page.forEach(entry -> paged.add(entry.id()));
      page = objects().listAll(2, page.getLast().id());
    }
    assertThat(paged).isEqualTo(ids);
    assertThat(names(objects().listAll(100))).contains("a", "b", "-");
    assertThat(names(KeyRange.all())).containsExactly("a", "b");
  }

  @Test
  void anEntry_leadsToItsObject() {
    create("a");
    ObjectEntry entry = objects().listAll(1).getFirst();

    assertThat(get(test.worker(() -> objects().get(entry.id()).run("look")))).isEqualTo("1");
  }

  @Test
  void objects_mayList_alsoThemselves_asTheirLastCommitLeftThem() {
    create("a");
    test.script(
        "list",
        self -> {
          self.add("n", 1);
          return names(
                  self.context()
                      .env()
                      .objects(TestEngine.SCRIPTED, ScriptedCalls.class)
                      .list(KeyRange.all()))
              .toString();
        });

    assertThat(get(test.call("b", "list"))).isEqualTo("[a]");
    assertThat(get(test.call("b", "list"))).isEqualTo("[a, b]");
  }

  @Test
  void namespaces_listTheirOwn() {
    create("a");
    assertThat(test.objects(TestEngine.LONER).list(KeyRange.all())).isEmpty();
    assertThat(test.objects(TestEngine.LONER).listAll(10)).isEmpty();
    assertThatThrownBy(() -> objects().listAll(1, test.objects(TestEngine.LONER).newUniqueId()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not valid for namespace Scripted");
  }

  @Test
  void tooMany_areNotListedAtOnce_andPagesGoOn() {
    int many = ObjectNamespace.MAX_LISTED + 1;
    for (int i = 0; i < many; i++) {
      String name = "n%05d".formatted(i);
      OpenedObject opened =
          test.store().open(new ObjectRef(TestEngine.SCRIPTED, objects().idFromName(name)), name);
      Commit commit =
          Commit.of(
              opened.opening(),
              1,
              Generation.ofSecond(1),
              List.of(new Change(EntryKey.user("n"), new byte[] {1})));
      test.store().submit(CommitGroup.of(commit), failure -> {});
    }
    test.awaitApplied(many);

    assertThatThrownBy(() -> objects().list(KeyRange.prefix("n")))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("more than 10,000 objects")
        .hasMessageContaining("page by page");
    List<ObjectEntry> page = objects().list(KeyRange.prefix("n").limit(10_000));
    assertThat(page).hasSize(10_000);
    assertThat(names(KeyRange.prefix("n").after(page.getLast().name().orElseThrow())))
        .containsExactly("n10000");
    assertThatThrownBy(() -> objects().listAll(10_001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 to 10,000");
    assertThatThrownBy(() -> objects().listAll(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
