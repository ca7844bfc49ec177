// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.server.app.Folders;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is saved is in place a moment later, and nobody who is connected notices. */
class DevServerTest extends DevServerSuite {

  @Test
  void a_socket_outlives_new_code_and_the_object_begins_again_from_what_is_durable()
      throws Exception {
    serve();
    Member member = new Member(http, port());
    member.say("one");
    member.say("two");
    assertThat(member.hears()).isEqualTo("old 1 1");
    assertThat(member.hears()).isEqualTo("old 2 2");

    edit(ROOM, text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    member.say("three");
    assertThat(member.hears()).isEqualTo("new 3 1");
    assertThat(get()).startsWith("old 3");
  }

  @Test
  void what_is_said_and_asked_while_code_changes_is_answered_once_and_in_order() throws Exception {
    serve();
    Member member = new Member(http, port());
    int messages = 0;
    for (int change = 1; change <= 3; change++) {
      String name = "\"v" + change + " \"";
      edit(ROOM, text -> text.replaceFirst("send\\(\"\\w+ \"", "send(" + name));
      do {
        member.say("again");
        messages++;
        assertThat(get()).as("the worker is never out of reach").startsWith("old ");
      } while (count("new code in place") < change);
    }
    for (int number = 1; number <= messages; number++) {
      assertThat(member.hears().split(" ", -1)[1]).isEqualTo(String.valueOf(number));
    }
    assertThat(member.heard).isEmpty();
  }

  @Test
  void a_request_is_served_by_new_code() throws Exception {
    serve();
    assertThat(get()).startsWith("old 0");

    edit(WORKER, text -> text.replace("\"old \"", "\"new \""));
    awaitSaid("new code in place");

    assertThat(get()).startsWith("new 0");
    assertThat(said()).contains("RoomWorker.java");
  }

  @Test
  void a_new_namespace_is_there() throws Exception {
    serve();
    Folders.write(folder, "src/room/Hall.java", "package room; interface Hall { String name(); }");
    Folders.write(
        folder,
        "src/room/HallObject.java",
        """
        package room;

        class HallObject extends dev.holdfast.DurableObject implements Hall {
          HallObject(dev.holdfast.ObjectContext ctx) {
            super(ctx);
          }

          public String name() {
            return "hall";
          }
        }
        """);
    edit(
        WORKER,
        text ->
            text.replace(
                    "rooms = env", "hall = env.objects(Hall.class).getByName(\"h\"); rooms = env")
                .replace("RoomWorker(Env", "private final Hall hall; RoomWorker(Env")
                .replace("\"old \"", "hall.name()"));
    edit(
        "holdfast.toml",
        text -> text + "[[object]]\nnamespace = \"Hall\"\nclass = \"room.HallObject\"\n");

    await().atMost(Duration.ofMinutes(1)).until(() -> get().startsWith("hall"));
  }

  @Test
  void settings_of_the_node_hold_from_the_next_start() throws Exception {
    serve();
    edit("holdfast.toml", text -> text + "[limits]\nidle-ms = 1234\n");

    awaitSaid("hold from the next start");

    assertThat(get()).startsWith("old 0");
  }

  @Test
  void files_that_pages_show_are_loaded_anew() throws Exception {
    Folders.write(folder, "public/css/room.css", "p {}");
    serve();

    Folders.write(folder, "public/css/room.css", "p { color: red }");

    awaitSaid("pages load /css/room.css");
    assertThat(count("new code in place")).isZero();
    assertThat(news()).startsWith(":\n\nevent: hello\ndata: 1\n");
  }
}
