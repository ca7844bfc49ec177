// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import dev.holdfast.DurableObject;
import dev.holdfast.Request;
import dev.holdfast.Response;
import dev.holdfast.engine.socket.SocketUpgrade;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request to an object. Made by the thread that sends it, which also {@linkplain #received
 * takes} the response.
 *
 * <h2>Bodies</h2>
 *
 * Bytes that are there travel as they are. A body that is made as it is read is made by code of
 * whoever sends it: an object's by an {@linkplain BodyEvent event of its own}, under its gates; one
 * that a worker writes, on a thread of the worker's own; one that a worker has as a stream, by that
 * stream, for which the reading object hands its baton on. But for the last a {@link BodyPipe}
 * stands between the two.
 *
 * <p>A body ends at the latest with the events at its ends: an event {@linkplain Event#hold holds}
 * the request that it serves, the requests that it sends and the responses that it gets. The event
 * that writes a response inherits what the event held that made it.
 */
public final class FetchInvocation implements Invocation {
  /** What a request weighs beside its body. */
  private static final int HEAD_BYTES = 256;

  private final Request request;
  private final Failures failures;

  /** What was made to carry the body; null if the body needs none. */
  private final @Nullable StreamedBody carrier;

  /** A request of the code that the calling thread runs, and how failures are handed to it. */
  public FetchInvocation(Request request, Failures failures) {
    this.failures = failures;
    this.carrier = carrier(request);
    this.request =
        carrier == null
            ? request
            : new Request(request.method(), request.url(), request.headers(), carrier);
  }

  private static @Nullable StreamedBody carrier(Request request) {
    Body body = request.body();
    Event sender = CurrentEvent.get();
    if (body instanceof Body.InMemory || (sender == null && body instanceof StreamedBody)) {
      return null;
    }
    String what = "the request body of " + describe(request);
    if (sender != null) {
      BodyPipe pipe = BodyEvent.whenRead(what, sender, body);
      sender.hold(pipe);
      return pipe;
    }
    return body instanceof Body.Written
        ? new BodyPipe(what, body.length(), pipe -> writeOutside(body, pipe))
        : new OutsideBody(what, body);
  }

  /** Writes a body of code outside, on a thread of its own, so that both can go on. */
  private static void writeOutside(Body body, BodyPipe pipe) {
    Thread.ofVirtual()
        .name("body")
        .start(
            () -> {
              try {
                new PipeOutputStream(pipe, PipeEnd.outside()).writeAll(body);
                pipe.end();
              } catch (Throwable thrown) {
                // The end of the thread: whatever was thrown, the reader must hear of it.
                pipe.fail(new IOException("%s: its writer failed: %s".formatted(pipe, thrown)));
              }
            });
  }

  @Override
  public @Nullable Object invoke(DurableObject instance) throws Throwable {
    CallEvent event = (CallEvent) Objects.requireNonNull(CurrentEvent.get());
    Response response = ObjectTraits.fetch(instance, request);
    if (response == null) {
      throw new IllegalStateException(instance.getClass().getName() + ".fetch returned null");
    }
    if (response.body() instanceof Body.InMemory || response.body() instanceof SocketUpgrade) {
      return response;
    }
    BodyPipe pipe = BodyEvent.startNow("the response body of " + this, event, response.body());
    return new Response(response.status(), response.headers(), pipe);
  }

  /** The response, for the code that sent the request; the calling thread runs it. */
  public Response received(Response response) {
    Event sender = CurrentEvent.get();
    if (sender != null && response.body() instanceof StreamedBody body) {
      sender.hold(body);
    }
    return response;
  }

  /** There is no response: whoever still reads the request's body, or writes it, is told. */
  public void failed(Throwable cause) {
    if (carrier != null) {
      carrier.close("its sender does not wait for the response any more: " + cause.getMessage());
    }
  }

  /** A body can be read once; so if it was, the request cannot be sent again. */
  @Override
  public boolean repeatable() {
    return !(request.body() instanceof StreamedBody body && body.opened());
  }

  @Override
  public Throwable translate(Throwable thrown) {
    return failures.translate(thrown);
  }

  @Override
  public boolean exclusive(ObjectTraits traits) {
    return traits.exclusive("fetch(dev.holdfast.Request,)");
  }

  @Override
  public int weight() {
    long body = request.body() instanceof Body.InMemory whole ? whole.length().orElse(0) : 0;
    return HEAD_BYTES + (int) Math.min(Integer.MAX_VALUE / 2, body);
  }

  @Override
  public String toString() {
    return describe(request);
  }

  private static String describe(Request request) {
    return "fetch " + request.method() + " " + request.url().path();
  }
}
