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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A task that a command has performed, until it is done or the process is told to stop. */
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
    CompletableFuture<Void> done = new CompletableFuture<>();
    // A virtual one: its interrupt ends also a conversation with a node that does not answer.
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Tasks.perform(options, request, out);
                    done.complete(null);
                  } catch (IOException e) {
                    done.completeExceptionally(
                        new UncheckedIOException("cannot do the task " + request.task(), e));
                  } catch (InterruptedException | RuntimeException | Error e) {
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
      if (done.isCompletedExceptionally()) {
        throw new ControlException("stopped before the task %s was done".formatted(request.task()));
      }
    }
    try {
      done.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }

  private static boolean isDone(CompletableFuture<Void> task) throws InterruptedException {
    try {
      task.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }
}
