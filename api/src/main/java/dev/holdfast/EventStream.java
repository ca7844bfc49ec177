// SPDX-License-Identifier: Apache-2.0
package dev.holdfast;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Server-sent events on their way to one client: a response that goes on for as long as its writer
 * runs, for clients that cannot use a socket and only listen. Browsers read it with {@code
 * EventSource}, and ask again by themselves when it breaks off. {@link Response#events} makes one.
 *
 * <p>Each event and each comment is sent at once, whole and in UTF-8; an unpaired surrogate becomes
 * a question mark. From an object it leaves only after every write to storage made before is
 * durable, like any piece of a {@link Body}.
 *
 * <p>While the stream is open, the object stays in memory, and the stream counts as one of its
 * {@code suspended-events}. The stream ends when the writer returns; the client then asks again, or
 * never again if it is answered with 204. A client that is gone shows when something is sent to it:
 * so send {@link #keepAlive} now and then where events are rare.
 *
 * <h2>To all who listen, and to those who come back</h2>
 *
 * The log is in storage and each client has its own place in it, so that a slow client delays
 * nobody, one that comes back misses nothing, and nobody is remembered who is gone.
 *
 * <pre>{@code
 * public interface News {
 *   void post(String text);
 * }
 *
 * public final class NewsObject extends DurableObject implements News {
 *   private final Set<Runnable> waiting = new HashSet<>();
 *
 *   public NewsObject(ObjectContext ctx) {
 *     super(ctx);
 *   }
 *
 *   @Override
 *   public void post(String text) {
 *     storage().append("post:", text);
 *     waiting.forEach(Runnable::run);
 *   }
 *
 *   @Override
 *   protected Response fetch(Request request) {
 *     return Response.events(
 *         stream -> {
 *           String last = request.lastEventId().orElse("post:");
 *           while (true) {
 *             var posts = storage().list(String.class, KeyRange.prefix("post:").after(last).limit(100));
 *             for (var post : posts.entrySet()) {
 *               last = post.getKey();
 *               stream.send(ServerSentEvent.of(post.getValue()).withId(last));
 *             }
 *             if (posts.isEmpty()) {
 *               awaitPost(Duration.ofSeconds(15));
 *               stream.keepAlive();
 *             }
 *           }
 *         });
 *   }
 *
 *   private void awaitPost(Duration atMost) {
 *     var post = new CompletableFuture<Void>();
 *     Runnable wake = () -> post.complete(null);
 *     waiting.add(wake);
 *     Timer timer = ctx().schedule(atMost, wake);
 *     ctx().await(post);
 *     timer.cancel();
 *     waiting.remove(wake);
 *   }
 * }
 * }</pre>
 *
 * <p>In an object other events may use the stream too, until its writer returns: events of the
 * stream never mix, and those that wait for room keep their order. In a worker it is for one thread
 * at a time.
 */
public final class EventStream {
  private final OutputStream out;

  private EventStream(OutputStream out) {
    this.out = out;
  }

  /** Sends the events of a stream, when its response is sent. */
  @FunctionalInterface
  public interface Writer {
    /** Sends events to {@code stream}; when this returns the stream ends. */
    void writeTo(EventStream stream) throws IOException;
  }

  /** A body of what {@code writer} sends. Begins with a comment, which takes the head along. */
  static Body body(Writer writer) {
    Objects.requireNonNull(writer, "writer");
    return Body.writing(
        out -> {
          EventStream stream = new EventStream(out);
          stream.keepAlive();
          writer.writeTo(stream);
        });
  }

  /** As {@link #send(ServerSentEvent)}, for an event of type {@code message} without an id. */
  public void send(String data) throws IOException {
    send(ServerSentEvent.of(data));
  }

  /**
   * Sends an event. Blocks while the client is slow, which in object code lets other events in;
   * inside a transaction it is refused.
   *
   * @throws IOException if the client is gone, or takes nothing for the time that a stream may be
   *     idle, or the writer of the stream has returned
   */
  public void send(ServerSentEvent event) throws IOException {
    write(event.encoded());
  }

  /** Sends a text that clients pass over; otherwise as {@link #send(ServerSentEvent)}. */
  public void comment(String text) throws IOException {
    StringBuilder lines = new StringBuilder(text.length() + 16);
    ServerSentEvent.appendLines(lines, ": ", text);
    write(lines.append('\n').toString());
  }

  /**
   * Sends an empty comment: it keeps proxies from closing a quiet stream, and fails if the client
   * is gone. Every 15 s is usual. Otherwise as {@link #send(ServerSentEvent)}.
   */
  public void keepAlive() throws IOException {
    write(":\n\n");
  }

  /** In one write, since that is what stays together whatever its length. */
  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
