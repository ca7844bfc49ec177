// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.rooms.client;

import dev.holdfast.benchmarks.contest.Transport;
import io.netty.channel.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The load generator, a process of its own that stays warm from one round to the next. It does what
 * a line of its input says, then writes one line: {@code ok} with figures, or {@code failed} with
 * the reason.
 *
 * <pre>
 *   open PORT ROOMS MEMBERS        opens sockets: ok
 *   saturate MILLIS UNDER-WAY      ok DELIVERED IN-TIME NANOS P50-NANOS P99-NANOS
 *   pace MILLIS PER-SECOND         likewise
 *   roll                           one message to each room: likewise
 *   close                          closes the sockets: ok
 * </pre>
 */
public final class Generator {
  private final Transport transport = Transport.start();
  private final EventLoop loop = transport.loop().next();
  private int crowds;
  private @Nullable Crowd crowd;

  private Generator() {}

  public static void main(String[] args) throws IOException {
    Generator generator = new Generator();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(generator.answer(List.of(line.split(" ", -1))));
    }
    System.exit(0);
  }

  private String answer(List<String> command) {
    CompletableFuture<String> figures = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            var _ = perform(command).whenComplete((done, failure) -> end(figures, done, failure));
          } catch (RuntimeException e) {
            figures.completeExceptionally(e);
          }
        });
    try {
      return "ok" + figures.join();
    } catch (CompletionException e) {
      return "failed " + String.valueOf(e.getCause()).replace('\n', ' ').replace('\r', ' ');
    }
  }

  private static void end(
      CompletableFuture<String> figures, @Nullable String done, @Nullable Throwable failure) {
    if (done != null) {
      figures.complete(done);
    } else {
      figures.completeExceptionally(
          failure instanceof CompletionException wrapped && wrapped.getCause() != null
              ? wrapped.getCause()
              : Objects.requireNonNull(failure));
    }
  }

  private CompletableFuture<String> perform(List<String> command) {
    return switch (command.getFirst()) {
      case "open" -> open(number(command, 1), number(command, 2), number(command, 3));
      case "saturate" -> drive(new Saturation(crowd(), loop, millis(command), number(command, 2)));
      case "pace" -> drive(new Pace(crowd(), loop, millis(command), number(command, 2)));
      case "roll" -> drive(new Roll(crowd(), loop));
      case "close" -> close();
      default -> throw new IllegalArgumentException("there is no command " + command);
    };
  }

  private CompletableFuture<String> open(int port, int rooms, int members) {
    crowds++;
    Crowd next = new Crowd(transport, port, "r" + crowds, rooms, members);
    crowd = next;
    return next.open().thenApply(_ -> "");
  }

  private static CompletableFuture<String> drive(Traffic traffic) {
    return traffic
        .run()
        .thenApply(
            result ->
                " %d %d %d %d %d"
                    .formatted(
                        result.delivered(),
                        result.inTime(),
                        result.lengthNanos(),
                        result.p50Nanos(),
                        result.p99Nanos()));
  }

  private CompletableFuture<String> close() {
    Crowd last = crowd();
    crowd = null;
    return last.leave().thenApply(_ -> "");
  }

  private Crowd crowd() {
    Crowd current = crowd;
    if (current == null) {
      throw new IllegalStateException("no sockets are open");
    }
    return current;
  }

  private static long millis(List<String> command) {
    return TimeUnit.MILLISECONDS.toNanos(number(command, 1));
  }

  private static int number(List<String> command, int index) {
    return Integer.parseInt(command.get(index));
  }
}
