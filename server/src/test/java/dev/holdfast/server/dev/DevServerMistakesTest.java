// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.app.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Code that cannot be put in place is told of, and the code before it goes on. */
class DevServerMistakesTest extends DevServerSuite {

  @Test
  void code_that_does_not_compile_is_told_of_and_the_code_before_stays() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit(ROOM, text -> text.replace("long heard", "long heard = \"\""));

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("RoomObject.java:", "incompatible types: String cannot be");
    assertThat(news()).contains("event: problem", "incompatible types: String cannot be");
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");
    edit(ROOM, text -> text.replace("heard = \"\"", "heard = 10"));
    awaitSaid("new code in place");
    assertThat(news()).contains("event: fine").doesNotContain("problem");
    member.say("and now?");
    assertThat(member.hears()).isEqualTo("old 2 11");
  }

  @Test
  void a_class_that_is_gone_is_told_of_and_the_code_before_stays() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit("holdfast.toml", text -> text.replace("room.RoomObject", "room.Gone"));

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("holdfast.toml:6: class: there is no class room.Gone in the app");
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");
    edit("holdfast.toml", text -> text.replace("room.Gone", "room.RoomObject"));
    await().until(() -> news().contains("event: fine"));
    assertThat(count("new code in place")).as("it is what runs").isZero();
  }

  @Test
  void code_whose_worker_cannot_be_made_gets_no_message_and_the_code_before_stays()
      throws Exception {
    serve();
    Member member = new Member(http, port());
    Path entered = folder.resolve("entered");
    Path goOn = folder.resolve("go on");
    Folders.write(
        folder, ROOM, Files.readString(folder.resolve(ROOM)).replace("\"old \"", "\"new \""));
    edit(
        WORKER,
        text ->
            text.replace(
                "rooms = env.objects(Room.class);",
                """
                rooms = env.objects(Room.class);
                try {
                  java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                  while (!java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) {
                    Thread.onSpinWait();
                  }
                } catch (java.io.IOException e) {
                  throw new Error(e);
                }
                throw new Error("no");
                """
                    .formatted(entered, goOn)));
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(entered));
    member.say("in between");
    Files.createFile(goOn);

    awaitSaid("the code before stays in place");

    assertThat(member.hears()).isEqualTo("old 1 1");
    assertThat(get()).startsWith("old 1");
  }

  /** Has each start of a worker make a file that must not be there; that file. */
  private Path letTheWorkerStartOnce() {
    Path once = folder.resolve("once");
    edit(
        WORKER,
        text ->
            text.replace(
                "rooms = env.objects(Room.class);",
                """
                rooms = env.objects(Room.class);
                try {
                  java.nio.file.Files.createFile(java.nio.file.Path.of("%s"));
                } catch (java.io.IOException e) {
                  throw new Error(e);
                }
                """
                    .formatted(once)));
    return once;
  }

  @Test
  void where_not_even_the_code_before_can_be_started_again_that_is_said() throws Exception {
    Path once = letTheWorkerStartOnce();
    serve();
    assertThat(get()).startsWith("old 0");
    edit(WORKER, text -> text.replace("\"old \"", "\"new \""));

    awaitSaid("no code runs: the code before could not be started again either");

    assertThat(get()).contains("no code runs here");
    Files.delete(once);
    edit(WORKER, text -> text.replace("\"new \"", "\"mended \""));
    awaitSaid("new code in place");
    assertThat(get()).startsWith("mended 0");
  }

  @Test
  void where_no_code_runs_the_code_before_is_started_again_by_going_back_to_it() throws Exception {
    Path once = letTheWorkerStartOnce();
    Folders.write(
        folder,
        "src/room/BadWorker.java",
        """
        package room;

        class BadWorker extends RoomWorker {
          BadWorker(dev.holdfast.Env env) {
            super(env);
          }
        }
        """);
    serve();
    edit("holdfast.toml", text -> text.replace("room.RoomWorker", "room.BadWorker"));
    awaitSaid("no code runs: the code before could not be started again either");
    Files.delete(once);

    edit("holdfast.toml", text -> text.replace("room.BadWorker", "room.RoomWorker"));

    await().atMost(Duration.ofMinutes(1)).until(() -> news().contains("event: fine"));
    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_runs_keeps_its_classes_however_often_other_code_cannot_be_started()
      throws Exception {
    edit(WORKER, text -> text.replace("html(\"old \" +", "html(Late.OLD +"));
    Folders.write(
        folder,
        "src/room/Late.java",
        "package room; class Late { static final String OLD = new String(\"old \"); }");
    serve();
    for (int mistake = 1; mistake <= 6; mistake++) {
      String failing = "throw new Error(\"mistake " + mistake + "\"); // ";
      edit(
          WORKER, text -> text.replaceFirst("(throw .* // )?rooms = env", failing + "rooms = env"));
      awaitSaid("mistake " + mistake);
      int told = mistake;
      await().until(() -> count("the code before stays in place") == told);
    }

    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_fails_to_build_twice_is_in_place_once_it_is_mended() throws Exception {
    serve();
    Member member = new Member(http, port());
    edit(ROOM, text -> text.replace("\"old \"", "old"));
    await().atMost(Duration.ofMinutes(1)).until(() -> count("the code before stays in place") == 1);
    edit(ROOM, text -> text.replace("+ heard", "+ heard +"));
    await().atMost(Duration.ofMinutes(1)).until(() -> count("the code before stays in place") == 2);
    member.say("still there?");
    assertThat(member.hears()).isEqualTo("old 1 1");

    edit(ROOM, text -> text.replace("(old", "(\"new \"").replace("+ heard +", "+ heard"));

    awaitSaid("new code in place");
    assertThat(news()).contains("event: fine");
    member.say("and now?");
    assertThat(member.hears()).isEqualTo("new 2 1");
  }

  @Test
  void a_configuration_that_cannot_be_read_is_told_of_with_its_line() throws Exception {
    serve();
    edit("holdfast.toml", text -> text + "[limits]\nidle-ms = -1\n");

    awaitSaid("the code before stays in place");

    assertThat(said()).contains("holdfast.toml:8: ", "idle-ms");
    assertThat(get()).startsWith("old 0");
  }

  @Test
  void code_that_cannot_be_built_at_the_start_is_an_error() {
    edit(ROOM, text -> text + "}");

    assertThatThrownBy(this::serve).hasMessageContaining("does not compile; see above");
  }
}
