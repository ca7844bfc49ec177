// SPDX-License-Identifier: Apache-2.0
package chat;

import chat.FromPage.After;
import chat.FromPage.Before;
import chat.FromPage.Say;
import chat.FromPage.Typing;
import dev.holdfast.DurableObject;
import dev.holdfast.Key;
import dev.holdfast.KeyRange;
import dev.holdfast.ObjectContext;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.SleepReason;
import dev.holdfast.WebSocket;
import dev.holdfast.WebSocketClose;
import dev.holdfast.WebSocketMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A room. One instance for each name, one event at a time, so nothing here is locked.
 *
 * <p>Posts are numbered 1, 2, 3, … without a gap. A page shows post n only after n - 1 and says on
 * reconnecting which it has seen last, so it can neither miss one nor show one twice, whatever
 * happens to its connection or to this process.
 *
 * <p>Nothing awaits the disk here, and still no page ever shows a post that a crash could lose:
 * what an object sends leaves only when all it has written before is durable.
 */
public final class ChatRoom extends DurableObject implements Room {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String POST = "post:";
  private static final Key<String> HISTORY = Key.of("history", String.class);
  private static final int REFUSED = 4400; // the page says why, and does not try again
  private static final int POSTS_AT_ONCE = 50;
  private static final int POSTS_AT_ONCE_BYTES = 64 * 1024; // as JSON, but always one post
  private static final int MEMBERS_NAMED = 20;
  private static final Duration MOMENT = Duration.ofMillis(100);
  private static final int LONGEST_TEXT = 4_000;
  private static final int LONGEST_TEXT_BYTES = 16 * 1024; // as JSON: it escapes some characters

  /** The number of the last post: a field is a safe cache, since nobody else writes the storage. */
  private long last;

  /** Tells this numbering from that of a room of the same name before its data was deleted. */
  private String history;

  /** Whether it is about to say who is here. */
  private boolean announcing;

  /** Runs when somebody comes to a room that sleeps; its sockets are still connected then. */
  public ChatRoom(ObjectContext ctx) {
    super(ctx);
    ctx.webSockets().autoResponse("ping", "pong"); // answered without waking the room
    last = before(Long.MAX_VALUE, 1).stream().mapToLong(Post::number).findFirst().orElse(0);
    history = storage().get(HISTORY).orElse("");
    if (!ctx.webSockets().all().isEmpty()) {
      announce(); // the instance before may have been about to, and timers end with an instance
    }
  }

  @Override
  public long posts() {
    return last;
  }

  // ---------------------------------------------------------------- coming and going

  /** A page asks for its socket, and says whose it is and which post it has seen last. */
  @Override
  protected Response fetch(Request request) {
    Member member;
    long seen;
    try {
      member = new Member(request.query("author").orElse(""), request.query("name").orElse(""));
      seen = Long.parseLong(request.query("seen").orElse("0"));
    } catch (NumberFormatException e) {
      return refused(request, "seen is not a number");
    } catch (IllegalArgumentException e) {
      return refused(request, Objects.requireNonNullElse(e.getMessage(), ""));
    }
    Response response = ctx().webSockets().accept(request, member);
    if (response.status() == 101) {
      WebSocket page = ctx().webSockets().all().getLast();
      List<Post> missed = seen == 0 ? before(last + 1, POSTS_AT_ONCE) : after(seen);
      page.send(json(news(missed)));
      announce();
    }
    return response;
  }

  /** Takes the socket and closes it: of an answer without one a browser tells its page nothing. */
  private Response refused(Request request, String reason) {
    Response response = ctx().webSockets().accept(request);
    if (response.status() == 101) {
      ctx().webSockets().all().getLast().close(REFUSED, reason);
    }
    return response;
  }

  @Override
  protected void webSocketClose(WebSocket socket, WebSocketClose close) {
    announce();
  }

  /**
   * Soon says to all who is here: once for all who come and go within a moment, since many do when
   * a network or the server is back. The more there are the longer it is, so that what a second of
   * it takes grows with their number and not with its square.
   */
  private void announce() {
    if (!announcing) {
      announcing = true;
      Duration moment = MOMENT.plusMillis(ctx().webSockets().all().size());
      var _ = ctx().schedule(moment, this::tellWhoIsHere);
    }
  }

  /** Says at once what it was about to say: timers end here, and nothing may wake the room soon. */
  @Override
  protected void beforeSleep(SleepReason reason) {
    if (announcing) {
      tellWhoIsHere();
    }
  }

  /** The sockets are the list of who is here: what each carries outlives this instance. */
  private void tellWhoIsHere() {
    announcing = false;
    List<Member> here =
        ctx().webSockets().all().stream()
            .filter(WebSocket::isOpen)
            .map(ChatRoom::member)
            .distinct()
            .toList();
    tell(_ -> true, new ToPage.Here(here.size(), here.stream().limit(MEMBERS_NAMED).toList()));
  }

  // ---------------------------------------------------------------- messages

  @Override
  protected void webSocketMessage(WebSocket page, WebSocketMessage message) {
    Member from = member(page);
    switch (parsed(message)) {
      case null -> page.close(REFUSED, "the room does not know what this page says; load it again");
      case Say say -> post(page, from, say);
      case Typing() -> tell(to -> !to.equals(from), new ToPage.Typing(from)); // stores nothing
      case After(long number) -> page.send(json(news(after(number))));
      case Before(long number) -> page.send(json(new ToPage.Older(before(number, POSTS_AT_ONCE))));
    }
  }

  private static @Nullable FromPage parsed(WebSocketMessage message) {
    try {
      return JSON.readValue(message.text(), FromPage.class);
    } catch (JacksonException | IllegalStateException e) {
      return null;
    }
  }

  /**
   * A page that does not know whether its message arrived sends it again, and on each connection
   * its messages in their order. So what it has counted up to the last one posted is done with:
   * posted, or refused as it will be again. That count is all there is to remember, for ever.
   */
  private void post(WebSocket page, Member from, Say say) {
    String text = say.text().strip();
    if (text.isEmpty() || text.length() > LONGEST_TEXT || bytes(text) > LONGEST_TEXT_BYTES) {
      String reason =
          "A message has 1 to %d characters, and at most %d bytes as JSON."
              .formatted(LONGEST_TEXT, LONGEST_TEXT_BYTES);
      page.send(json(new ToPage.Refused(say.id(), reason)));
      return;
    }
    Key<Long> counted = countKey(from, say.page());
    if (say.count() <= storage().get(counted).orElse(0L)) {
      page.send(json(new ToPage.Known(say.id())));
      return;
    }
    Post post = new Post(last + 1, from, say.id(), text, ctx().now());
    if (post.number() == 1) {
      history = UUID.randomUUID().toString();
      storage().put(HISTORY, history);
    }
    storage().put(postKey(post.number()), post);
    storage().put(counted, say.count());
    last = post.number();
    tell(_ -> true, news(List.of(post))); // to its writer too: it is sent now
  }

  private ToPage news(List<Post> posts) {
    return new ToPage.Posts(posts, last, history);
  }

  private void tell(Predicate<Member> whom, ToPage news) {
    String json = json(news);
    ctx().webSockets().all().stream()
        .filter(page -> page.isOpen() && whom.test(member(page)))
        .forEach(page -> page.send(json));
  }

  private static Member member(WebSocket page) {
    return page.attachment(Member.class);
  }

  private static String json(ToPage news) {
    return JSON.writerFor(ToPage.class).writeValueAsString(news);
  }

  private static int bytes(Object value) {
    return JSON.writeValueAsBytes(value).length;
  }

  // ---------------------------------------------------------------- storage

  private List<Post> after(long number) {
    return posts(KeyRange.prefix(POST).after(postKey(number)).limit(POSTS_AT_ONCE));
  }

  private List<Post> before(long number, int limit) {
    return posts(KeyRange.prefix(POST).until(postKey(number)).reverse().limit(limit)).reversed();
  }

  /** The first of a range that one message may carry. */
  private List<Post> posts(KeyRange range) {
    List<Post> posts = new ArrayList<>();
    int bytes = 0;
    for (Post post : storage().list(Post.class, range).values()) {
      bytes += bytes(post);
      if (bytes > POSTS_AT_ONCE_BYTES && !posts.isEmpty()) {
        break;
      }
      posts.add(post);
    }
    return posts;
  }

  /** Sorts as the numbers do. */
  private static String postKey(long number) {
    return POST + "%019d".formatted(number);
  }

  private static Key<Long> countKey(Member from, String page) {
    return Key.of("count:" + from.author() + ":" + page, Long.class);
  }
}
