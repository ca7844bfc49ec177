// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.NodeOptions;
import dev.holdfast.server.Tasks;
import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.control.ControlRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a command waits for, until it is done or the process is told to stop. */
final class TaskRun {
  private static final long LOOK_MILLIS = 20;

  private TaskRun() {}

  /** Has a task performed and prints the text that it writes. */
  static void print(Surroundings surroundings, NodeOptions options, ControlRequest request)
      throws InterruptedException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    write(surroundings, options, request, text);
    surroundings.out().print(text.toString(StandardCharsets.UTF_8));
    surroundings.out().flush();
  }

  /**
   * Has a task performed.
   *
   * @param out gets what it writes, on another thread
   * @throws RuntimeException if it could not be performed: one that {@link Failures} can tell
   */
  static void write(
      Surroundings surroundings, NodeOptions options, ControlRequest request, OutputStream out)
      throws InterruptedException {
    untilStopped(
        surroundings,
        "the task " + request.task(),
        () -> {
          Tasks.perform(options, request, out);
          return null;
        });
  }

  /**
   * Does something that ends when it is interrupted, until the process is told to stop.
   *
   * @param what it is, for people
   * @return its result
   * @throws RuntimeException what it threw: one that {@link Failures} can tell
   */
  static <T extends @Nullable Object> T untilStopped(
      Surroundings surroundings, String what, Callable<T> work) throws InterruptedException {
    CompletableFuture<T> done = new CompletableFuture<>();
    // A virtual one: its interrupt ends also a conversation with a node that does not answer.
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    done.complete(work.call());
                  } catch (IOException e) {
                    done.completeExceptionally(
                        new UncheckedIOException("%s was not done".formatted(what), e));
                  } catch (Exception | Error e) {
                    done.completeExceptionally(e);
                  }
                });
    boolean stopped = false;
    while (!stopped && !isDone(done)) {
      stopped = surroundings.stop().wished();
    }
    if (stopped) {
      thread.interrupt();
      thread.join();
      // What the task itself has to say knows better, as when a node may go on with it.
      if (done.isCompletedExceptionally() && !(done.exceptionNow() instanceof ControlException)) {
        throw new ControlException("stopped before %s was done".formatted(what));
      }
    }
    try {
      return done.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }

  private static boolean isDone(CompletableFuture<?> task) throws InterruptedException {
    try {
      var _ = task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
