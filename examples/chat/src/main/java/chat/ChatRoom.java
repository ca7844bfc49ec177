// SPDX-License-Identifier: Apache-2.0
package chat;

import dev.holdfast.DurableObject;
import dev.holdfast.Key;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A room. What is said is stored before anybody sees it, since nothing leaves an object before what
 * it wrote is durable; so the room may be killed at any time, and no message that a page has shown
 * is missing afterwards.
 */
public final class ChatRoom extends DurableObject implements Room {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Key<Long> LAST = Key.of("last", Long.class);
  private static final int SHOWN_ON_JOINING = 100;
  private static final int LONGEST_NAME = 40;
  private static final int LONGEST_TEXT = 4_000;

  private record Member(String name) {}

  public ChatRoom(ObjectContext ctx) {
    super(ctx);
    ctx.webSockets().autoResponse("ping", "pong"); // does not wake the room
  }

  /** Lets a page in that asks for a socket with its name and the last message that it has. */
  @Override
  protected Response fetch(Request request) {
    String name = request.query("name").orElse("").strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return Response.text("a name has 1 to " + LONGEST_NAME + " characters").withStatus(400);
    }
    long seen;
    try {
      seen = Long.parseLong(request.query("seen").orElse("0"));
    } catch (NumberFormatException e) {
      return Response.text("seen is the number of a message").withStatus(400);
    }
    Response response = ctx().webSockets().accept(request, new Member(name));
    if (response.status() == 101) {
      ctx().webSockets().all().getLast().send(json(new Event.Posts(postsAfter(seen))));
      tellWhoIsHere();
    }
    return response;
  }

  private List<Post> postsAfter(long seen) {
    long first = seen > 0 ? seen + 1 : Math.max(0, posts() - SHOWN_ON_JOINING) + 1;
    return List.copyOf(
        storage().list(Post.class, KeyRange.prefix("post:").from(postKey(first))).values());
  }

  @Override
  protected void webSocketMessage(WebSocket socket, WebSocketMessage message) {
    Say say;
    try {
      say = JSON.readValue(message.text(), Say.class);
    } catch (JacksonException | IllegalStateException e) {
      socket.close(1008, "what a page sends is JSON");
      return;
    }
    String from = socket.attachment(Member.class).name();
    if (say.text() == null || say.id() == null) {
      tellAll(new Event.Typing(from));
    } else if (say.text().length() > LONGEST_TEXT) {
      socket.close(1009, "a message has at most " + LONGEST_TEXT + " characters");
    } else {
      post(socket, from, say.text(), say.id());
    }
  }

  /** A page that does not know whether its message arrived sends it again. */
  private void post(WebSocket socket, String from, String text, String id) {
    Key<Long> key = Key.of("id:" + id, Long.class);
    Long known = storage().get(key).orElse(null);
    if (known != null) {
      storage()
          .get(postKey(known), Post.class)
          .ifPresent(post -> socket.send(json(new Event.Posts(List.of(post)))));
      return;
    }
    Post post = new Post(posts() + 1, from, text, ctx().now(), id);
    storage().put(LAST, post.number());
    storage().put(key, post.number());
    storage().put(postKey(post.number()), post);
    tellAll(new Event.Posts(List.of(post)));
  }

  @Override
  protected void webSocketClose(WebSocket socket, WebSocketClose close) {
    tellWhoIsHere();
  }

  private void tellWhoIsHere() {
    tellAll(
        new Event.Here(
            ctx().webSockets().all().stream()
                .filter(WebSocket::isOpen)
                .map(member -> member.attachment(Member.class).name())
                .distinct()
                .sorted()
                .toList()));
  }

  private void tellAll(Event event) {
    String text = json(event);
    ctx().webSockets().all().stream().filter(WebSocket::isOpen).forEach(page -> page.send(text));
  }

  private static String json(Event event) {
    return JSON.writeValueAsString(event);
  }

  private static String postKey(long number) {
    return "post:%016d".formatted(number);
  }

  @Override
  public long posts() {
    return storage().get(LAST).orElse(0L);
  }
}
