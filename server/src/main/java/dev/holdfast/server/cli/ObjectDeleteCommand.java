// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.control.ControlException;
import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.object.Arguments;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast object delete}. */
@Command(
    name = "delete",
    description = {
      "Delete an object wholly: what it has stored, its history, every bookmark.",
      "It asks first, since nothing undoes that. If the object is awake it ends, and its sockets"
          + " are closed."
    },
    sortOptions = false)
final class ObjectDeleteCommand extends ObjectCommand.OneObject {
  private static final Set<String> AGREED = Set.of("y", "yes");
  private static final Duration LOOK = Duration.ofMillis(20);

  @Option(names = "--yes", description = "Do not ask. Needed where there is no terminal.")
  private boolean yes;

  @Mixin private ObjectCommand.JsonOption json = new ObjectCommand.JsonOption();

  @Spec private @Nullable CommandSpec spec;

  ObjectDeleteCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  public Integer call() throws InterruptedException {
    ControlRequest request = request("object-delete");
    if (!yes && !isAgreed(request)) {
      throw new ControlException("nothing was deleted");
    }
    print(json.in(request.with(Arguments.CONFIRMED, "true")));
    return 0;
  }

  private boolean isAgreed(ControlRequest request) throws InterruptedException {
    Terminal terminal = surroundings().terminal().get();
    if (terminal == null) {
      String why = "delete asks first, and there is no terminal to ask at: give --yes";
      throw spec == null
          ? new ControlException(why)
          : new ParameterException(spec.commandLine(), why);
    }
    ByteArrayOutputStream what = new ByteArrayOutputStream();
    write(request, what);
    String question =
        what.toString(StandardCharsets.UTF_8)
            + "Delete it with its history? This cannot be undone. [y/N] ";
    // A daemon, since nothing ends its wait when the process is told to stop.
    CompletableFuture<Boolean> agreed =
        CompletableFuture.supplyAsync(
            () -> isAgreement(terminal.ask(question)),
            asking -> Thread.ofPlatform().daemon().start(asking));
    while (!agreed.isDone()) {
      if (surroundings().stop().within(LOOK)) {
        throw new ControlException("stopped before that was answered: nothing was deleted");
      }
    }
    return agreed.join();
  }

  private static boolean isAgreement(@Nullable String answer) {
    return answer != null && AGREED.contains(answer.strip().toLowerCase(Locale.ROOT));
  }
}
