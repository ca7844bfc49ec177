// SPDX-License-Identifier: Apache-2.0
package chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.gateway.GatewayOptions;
import dev.holdfast.server.LiveNode;
import dev.holdfast.server.NodeOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who comes and goes is told, whatever becomes of the room in the moment before it tells. */
class AnnouncementTest {
  @TempDir private Path data;

  /** A room that a page can reset with a word. */
  private static final class Fragile extends DurableObject implements Room {
    private final ChatRoom room;

    Fragile(ObjectContext ctx) {
      super(ctx);
      room = new ChatRoom(ctx);
    }

    @Override
    public long posts() {
      return room.posts();
    }

    @Override
    protected Response fetch(Request request) {
      return room.fetch(request);
    }

    @Override
    protected void webSocketMessage(WebSocket page, WebSocketMessage message) {
      if (message.text().equals("reset")) {
        ctx().abort("as a page has asked");
      }
      room.webSocketMessage(page, message);
    }

    @Override
    protected void webSocketClose(WebSocket page, WebSocketClose close) {
      room.webSocketClose(page, close);
    }
  }

  @Test
  void who_comes_and_goes_is_told_by_a_room_that_was_reset_once_it_is_awake_again()
      throws Exception {
    try (Holdfast holdfast =
            Holdfast.builder()
                .object("Room", Room.class, Fragile::new)
                .worker(ChatWorker::new)
                .data(data)
                .port(0)
                .start();
        Page ann = new Page(holdfast.port(), "ann", 0)) {
      ann.untilHere("1: ann");
      try (Page _ = new Page(holdfast.port(), "bob", 0)) {
        ann.send("reset");
        ann.say(1, "anybody new?");
        ann.untilHere("2: ann bob");
      }
      ann.send("reset");
      ann.say(2, "anybody gone?");
      ann.untilHere("1: ann");
      assertThat(holdfast.objects(Room.class).getByName("lobby").posts()).isEqualTo(2);
    }
  }

  @Test
  void who_comes_and_goes_while_the_room_gets_new_code_is_told() throws Exception {
    List<ObjectClass<?>> code = List.of(new ObjectClass<>("Room", Room.class, ChatRoom::new));
    NodeOptions options = NodeOptions.over(data).withGateway(GatewayOptions.defaults().withPort(0));
    try (LiveNode node = LiveNode.start(options, code, ChatWorker::new, UnaryOperator.identity());
        Page ann = new Page(node.port(), "ann", 0)) {
      ann.untilHere("1: ann");
      try (Page _ = new Page(node.port(), "bob", 0)) {
        node.replace(code, ChatWorker::new);
        ann.untilHere("2: ann bob");
      }
      node.replace(code, ChatWorker::new);
      ann.untilHere("1: ann");
    }
  }
}
