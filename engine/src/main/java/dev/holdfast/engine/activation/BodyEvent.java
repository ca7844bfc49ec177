// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.activation;

import dev.holdfast.Body;
import dev.holdfast.HoldfastException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body that an object sends, as code of that object: the body of a response after its
 * head, or of a request while the object waits for the response. Its end is the end of the body,
 * and leaves the object behind all pieces; its failure is what the reader gets after them.
 *
 * <p>An event of its own, because a caller on whose thread the object ran must not wait for a body
 * that it is to read itself.
 */
final class BodyEvent extends OwnEvent {
  private final Body body;
  private final BodyPipe pipe;

  private BodyEvent(CallChain origin, Body body, BodyPipe pipe) {
    super("writing " + pipe, origin);
    this.body = body;
    this.pipe = pipe;
  }

  /**
   * A pipe for the body of a response that {@code maker} returns, already being written. The writer
   * inherits what {@code maker} holds, since it may need it.
   */
  static BodyPipe startNow(String what, CallEvent maker, Body body) {
    BodyPipe pipe = new BodyPipe(what, body.length(), _ -> {});
    BodyEvent writer = new BodyEvent(CallChain.within(maker), body, pipe);
    maker.passHeldTo(writer);
    maker.answersWith(pipe);
    writer.enter(maker.activation());
    return pipe;
  }

  /** A pipe for the body of a request of {@code sender}: written once somebody reads it. */
  static BodyPipe whenRead(String what, Event sender, Body body) {
    Activation activation = sender.activation();
    CallChain origin = CallChain.within(sender);
    return new BodyPipe(
        what, body.length(), pipe -> new BodyEvent(origin, body, pipe).enter(activation));
  }

  private void enter(Activation activation) {
    if (!Arrival.accept(activation, this, false)) {
      pipe.fail(
          new IOException(
              "%s: %s was reset before it could be written".formatted(activation.object(), pipe)));
      letGo(null);
    }
  }

  @Override
  void run() throws IOException {
    new PipeOutputStream(pipe, new PipeEnd.Inside(activation())).writeAll(body);
  }

  /** Text only: what object code threw does not leave the object. */
  @Override
  Throwable translate(Throwable thrown) {
    return new IOException("%s failed while %s: %s".formatted(activation().object(), this, thrown));
  }

  @Override
  void deliver(@Nullable Object result, @Nullable Throwable thrown) {
    if (thrown == null) {
      pipe.end();
    } else {
      pipe.fail(brokenOff(thrown));
    }
  }

  @Override
  void neverRan(Throwable cause) {
    discarded(cause);
  }

  /** What the reader of a body gets that broke off because of {@code cause}. */
  static IOException brokenOff(Throwable cause) {
    return switch (cause) {
      case IOException io -> io;
      case HoldfastException failed -> withOutcome(failed);
      default -> new IOException(cause.toString());
    };
  }

  private static IOException withOutcome(HoldfastException failed) {
    return new IOException(
        failed.getMessage()
            + switch (failed.outcome()) {
              case NOT_APPLIED -> "; nothing that it stored while it wrote the body was kept";
              case UNKNOWN -> "; what it stored while it wrote the body may have been kept";
            },
        failed);
  }
}
