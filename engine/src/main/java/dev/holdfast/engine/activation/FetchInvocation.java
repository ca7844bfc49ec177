// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import dev.holdfast.DurableObject;
import dev.holdfast.Request;
import dev.holdfast.Response;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request to an object. Reading its body lets others in. A response whose body is made as
 * it is sent is handed over with its head; the event then goes on writing, each chunk behind the
 * commits made before it.
 */
public final class FetchInvocation implements Invocation {
  private final Request request;
  private final Failures failures;

  /** A request, and how failures are handed to its caller. */
  public FetchInvocation(Request request, Failures failures) {
    this.request = request;
    this.failures = failures;
  }

  @Override
  public @Nullable Object invoke(DurableObject instance) throws Throwable {
    CallEvent event = (CallEvent) Objects.requireNonNull(CurrentEvent.get());
    Activation activation = event.activation();
    Request inside =
        request.body() instanceof Body.InMemory
            ? request
            : new Request(
                request.method(),
                request.url(),
                request.headers(),
                Body.of(new OutsideInputStream(activation, request.body())));
    Response response = ObjectTraits.fetch(instance, inside);
    if (response == null) {
      throw new IllegalStateException(instance.getClass().getName() + ".fetch returned null");
    }
    if (response.body() instanceof Body.InMemory) {
      return response;
    }
    BodyPipe pipe = new BodyPipe();
    event.streamingTo(pipe);
    event.finished(new Response(response.status(), response.headers(), pipe), null);
    activation.sealAndRelease(event, event);
    PipeOutputStream out = new PipeOutputStream(activation, event, pipe);
    try {
      response.body().writeTo(out);
      out.finish();
    } catch (Exception e) {
      pipe.fail(new IOException("the object failed while it wrote the body: " + e.getMessage(), e));
      throw e;
    }
    return null;
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
    return 256 + (int) Math.min(Integer.MAX_VALUE / 2, request.body().length().orElse(0));
  }

  @Override
  public String toString() {
    return "fetch " + request.method() + " " + request.url().path();
  }
}
