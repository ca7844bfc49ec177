// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.Bookmark;
import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.Past;
import dev.holdfast.Response;
import dev.holdfast.Worker;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.control.ControlClient;
import dev.holdfast.server.control.ControlException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What objects find after their store was restored from a backup. */
@Timeout(180)
class BackupTest {
  @TempDir private Path folder;

  /** What callers of a diary see. */
  public interface Diary {
    long write(String text);

    String last();

    List<String> all();

    String mark();

    List<String> then(String bookmark);

    boolean whole();
  }

  static final class DiaryObject extends DurableObject implements Diary {
    DiaryObject(ObjectContext ctx) {
      super(ctx);
      sql().migrate("CREATE TABLE line (text TEXT NOT NULL, filler BLOB)");
    }

    @Override
    public long write(String text) {
      long count = storage().get("count", Long.class).orElse(0L) + 1;
      storage().put("count", count);
      storage().put("last", text);
      sql().exec("INSERT INTO line VALUES (?, randomblob(1000))", text);
      return count;
    }

    @Override
    public String last() {
      return storage().get("last", String.class).orElse("");
    }

    @Override
    public List<String> all() {
      return sql().query("SELECT text FROM line ORDER BY rowid").list(String.class);
    }

    @Override
    public String mark() {
      return storage().history().current().toString();
    }

    @Override
    public List<String> then(String bookmark) {
      Past past = storage().history().view(Bookmark.parse(bookmark));
      List<String> lines =
          new ArrayList<>(past.query("SELECT text FROM line ORDER BY rowid").list(String.class));
      lines.add(past.get("last", String.class).orElse(""));
      return lines;
    }

    /** Key-value storage and SQL agree, and the SQL database is sound. */
    @Override
    public boolean whole() {
      return sql().query("PRAGMA integrity_check").one(String.class).equals("ok")
          && sql()
              .query("SELECT count(*) FROM line")
              .one(Long.class)
              .equals(storage().get("count", Long.class).orElse(0L));
    }
  }

  private static Node start(Path data) {
    return Node.start(
        NodeOptions.over(data),
        List.of(new ObjectClass<>("Diary", Diary.class, DiaryObject::new)),
        null);
  }

  private static String backup(Path data, Path target) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Tasks.perform(NodeOptions.over(data), Tasks.backup(target), said);
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_restored_node_has_the_objects_ids_history_and_databases_of_the_backup() throws Exception {
    Path data = folder.resolve("data");
    Path backup = folder.resolve("backup");
    ObjectId id;
    ObjectId unique;
    String one;
    String two;
    try (Node node = start(data)) {
      ObjectNamespace<Diary> diaries = node.objects(Diary.class);
      Diary diary = diaries.getByName("a");
      id = diaries.idFromName("a");
      unique = diaries.newUniqueId();
      diaries.get(unique).write("nameless");
      diary.write("one");
      one = diary.mark();
      diary.write("two");
      two = diary.mark();
      diary.write("three");
      backup(data, backup);
      diary.write("four");
      diaries.getByName("b").write("after");
    }

    Path copy = folder.resolve("copy");
    assertThat(Tasks.restore(backup, copy)).contains("restored " + backup + " into " + copy);
    try (Node node = start(copy)) {
      ObjectNamespace<Diary> diaries = node.objects(Diary.class);
      assertThat(diaries.idFromName("a")).isEqualTo(id);
      assertThat(diaries.get(diaries.idFromString(unique.toString())).all())
          .containsExactly("nameless");
      Diary diary = diaries.getByName("a");
      assertThat(diary.all()).containsExactly("one", "two", "three");
      assertThat(diary.last()).isEqualTo("three");
      assertThat(diary.then(one)).containsExactly("one", "one");
      assertThat(diary.then(two)).containsExactly("one", "two", "two");
      assertThat(diary.whole()).isTrue();
      assertThat(diaries.getByName("b").all()).isEmpty();
      assertThat(diary.write("five")).isEqualTo(4);
      requireForeign(diaries);
    }
  }

  /** Ids of a store that was not made of a backup of this one are strangers, as ever. */
  private void requireForeign(ObjectNamespace<Diary> diaries) {
    try (Node other = start(folder.resolve("foreign"))) {
      String foreign = other.objects(Diary.class).newUniqueId().toString();
      assertThatThrownBy(() -> diaries.idFromString(foreign))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void backups_while_objects_write_hold_each_object_as_it_was_at_one_moment() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Path data = folder.resolve("data");
    Map<String, Long> confirmed = new TreeMap<>();
    List<Map<String, Long>> before = new ArrayList<>();
    int backups = Boolean.getBoolean("holdfast.thorough") ? 10 : 2;
    try (Node node = start(data)) {
      ObjectNamespace<Diary> diaries = node.objects(Diary.class);
      AtomicBoolean stop = new AtomicBoolean();
      List<CompletableFuture<Void>> load = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String name = "diary-" + i;
        Random random = new Random(seed + i);
        load.add(
            CompletableFuture.runAsync(
                () -> {
                  while (!stop.get()) {
                    long count = diaries.getByName(name).write("line " + random.nextInt());
                    synchronized (confirmed) {
                      confirmed.put(name, count);
                    }
                  }
                },
                task -> Thread.ofVirtual().start(task)));
      }
      await().until(() -> size(confirmed) == 3);
      for (int i = 0; i < backups; i++) {
        synchronized (confirmed) {
          before.add(new TreeMap<>(confirmed));
        }
        backup(data, folder.resolve("backup" + i));
      }
      stop.set(true);
      load.forEach(CompletableFuture::join);
    }
    for (int i = 0; i < backups; i++) {
      Path copy = folder.resolve("copy" + i);
      String _ = Tasks.restore(folder.resolve("backup" + i), copy);
      try (Node node = start(copy)) {
        for (Map.Entry<String, Long> was : before.get(i).entrySet()) {
          Diary diary = node.objects(Diary.class).getByName(was.getKey());
          List<String> all = diary.all();
          Random random = new Random(seed + Integer.parseInt(was.getKey().substring(6)));
          for (String line : all) {
            assertThat(line).isEqualTo("line " + random.nextInt());
          }
          assertThat((long) all.size())
              .as("seed %s", seed)
              .isBetween(was.getValue(), confirmed.get(was.getKey()));
          assertThat(diary.whole()).isTrue();
          assertThat(diary.last()).isEqualTo(all.getLast());
        }
      }
    }
  }

  private static int size(Map<String, Long> map) {
    synchronized (map) {
      return map.size();
    }
  }

  @Test
  void a_program_that_embeds_a_node_is_backed_up_like_any_other() throws Exception {
    Path data = folder.resolve("data");
    try (Holdfast holdfast =
        Holdfast.builder().object("Diary", Diary.class, DiaryObject::new).data(data).start()) {
      holdfast.objects(Diary.class).getByName("a").write("one");
      assertThat(backup(data, folder.resolve("backup"))).startsWith("backed up " + data);
    }
    assertThat(data.resolve("control")).doesNotExist();
    backup(data, folder.resolve("offline"));
    for (String name : List.of("backup", "offline")) {
      String _ = Tasks.restore(folder.resolve(name), folder.resolve(name + "-copy"));
      try (Node node = start(folder.resolve(name + "-copy"))) {
        assertThat(node.objects(Diary.class).getByName("a").all()).containsExactly("one");
      }
    }
  }

  @Test
  void the_store_of_another_user_is_opened_by_its_node_alone() throws Exception {
    Path data = folder.resolve("data");
    try (Node node = start(data)) {
      node.objects(Diary.class).getByName("a").write("one");
    }
    assumeThat(given(data)).as("only root can give files away").isTrue();
    List<String> before = owned(data);

    assertThatThrownBy(() -> backup(data, folder.resolve("backup")))
        .isInstanceOf(ControlException.class)
        .hasMessageContaining("its store belongs to the user ")
        .hasMessageContaining("run this as that user, as with sudo -u ");
    assertThat(owned(data)).isEqualTo(before);
    assertThat(folder.resolve("backup")).doesNotExist();

    // A node that runs may do it for whoever may reach it.
    try (Node _ = start(data)) {
      await().until(() -> isReached(data));
      assertThat(backup(data, folder.resolve("backup"))).startsWith("backed up ");
    }
    // Whose the folder is above the files does not matter, as where a disk is mounted.
    String _ = Tasks.restore(folder.resolve("backup"), folder.resolve("copy"));
    Files.setAttribute(folder.resolve("copy"), "unix:uid", 65_534);
    assertThat(backup(folder.resolve("copy"), folder.resolve("second"))).startsWith("backed up ");
  }

  @Test
  void who_may_not_look_into_the_data_directory_is_told_so() throws Exception {
    Path data = folder.resolve("data");
    start(data).close();
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("---------"));
    try {
      assumeThat(Files.isExecutable(data)).as("root may look into everything").isFalse();
      assertThatThrownBy(() -> backup(data, folder.resolve("backup")))
          .isInstanceOf(ControlException.class)
          .hasMessageContaining("no permission to look into the data directory " + data)
          .hasMessageContaining("sudo -u " + Files.getOwner(data).getName());
    } finally {
      Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static boolean isReached(Path data) throws IOException {
    Optional<ControlClient> node = ControlClient.connect(data);
    if (node.isPresent()) {
      node.get().close();
    }
    return node.isPresent();
  }

  private static boolean given(Path data) throws IOException {
    try (Stream<Path> found = Files.walk(data)) {
      for (Path path : found.toList()) {
        Files.setAttribute(path, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
      }
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }

  /** What there is and whose. */
  private static List<String> owned(Path data) throws IOException {
    List<String> owned = new ArrayList<>();
    try (Stream<Path> found = Files.walk(data)) {
      for (Path path : found.sorted().toList()) {
        owned.add(path + " " + Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
      }
    }
    return owned;
  }

  @Test
  void a_node_whose_code_is_replaced_takes_commands_before_and_after() throws Exception {
    Path data = folder.resolve("data");
    List<ObjectClass<?>> classes =
        List.of(new ObjectClass<>("Diary", Diary.class, DiaryObject::new));
    NodeOptions options = NodeOptions.over(data);
    try (LiveNode node =
        LiveNode.start(
            options.withGateway(options.gateway().withPort(0)),
            classes,
            BackupTest::noWorker,
            worker -> worker)) {
      backup(data, folder.resolve("first"));
      Object socket = Files.getAttribute(data.resolve("control/socket"), "unix:ino");
      node.replace(classes, BackupTest::noWorker);
      backup(data, folder.resolve("second"));
      assertThat(Files.getAttribute(data.resolve("control/socket"), "unix:ino")).isEqualTo(socket);
    }
    assertThat(data.resolve("control")).doesNotExist();
  }

  private static Worker noWorker(Env env) {
    return request -> Response.status(204);
  }
}
