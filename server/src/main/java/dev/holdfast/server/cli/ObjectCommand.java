// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import dev.holdfast.server.control.ControlRequest;
import dev.holdfast.server.object.Arguments;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast object}: names its subcommands when called without one. */
@Command(
    name = "object",
    description = {
      "Look at objects, change their past, or delete them.",
      "While a node runs over the data, it does what is asked for; else the command opens the data"
          + " itself. No code of objects runs for it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = HoldfastCommand.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%n",
    footer = {
      "OBJECT is a name or an id of 64 hex digits; name: or id: before it says which.",
      "MOMENT is a bookmark, a time such as 2026-03-01T12:00:00Z, or how long ago, such as 10m."
    })
final class ObjectCommand implements Runnable {
  private static final String MOMENT =
      "A bookmark, a time such as 2026-03-01T12:00:00Z, or how long ago, such as 10m";

  @Spec private @Nullable CommandSpec spec;

  /** The command with its subcommands. */
  static CommandLine create(Surroundings surroundings) {
    return new CommandLine(new ObjectCommand())
        .addSubcommand(new ListCommand(surroundings))
        .addSubcommand(new HistoryCommand(surroundings))
        .addSubcommand(new ShowCommand(surroundings))
        .addSubcommand(new RestoreCommand(surroundings))
        .addSubcommand(new ForkCommand(surroundings))
        .addSubcommand(new ObjectExportCommand(surroundings))
        .addSubcommand(new ObjectDeleteCommand(surroundings));
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "Missing command: list, history, show, restore, fork, export or delete");
    }
  }

  /** What all of them have in common. */
  @Command(mixinStandardHelpOptions = true, versionProvider = HoldfastCommand.Version.class)
  abstract static class Verb implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin private DataOption data = new DataOption();

    @Option(
        names = "--app",
        paramLabel = "APP",
        description = "The app's folder (default: this one, unless --data is given).")
    private @Nullable Path app;

    Verb(Surroundings surroundings) {
      this.surroundings = surroundings;
    }

    /** Has a task performed, and prints what it tells as it comes. */
    final void print(ControlRequest request) throws InterruptedException {
      try (PrintedOutput printed = new PrintedOutput(surroundings.out())) {
        TaskRun.write(surroundings, data.node(app, surroundings.environment()), request, printed);
      }
    }

    /** Has a task performed. */
    final void write(ControlRequest request, OutputStream out) throws InterruptedException {
      TaskRun.write(surroundings, data.node(app, surroundings.environment()), request, out);
    }

    final Surroundings surroundings() {
      return surroundings;
    }

    /** A request with one more argument, if it has a value. */
    static ControlRequest with(ControlRequest request, String name, @Nullable Object value) {
      return value == null ? request : request.with(name, value.toString());
    }
  }

  /** What those about one object have in common. */
  abstract static class OneObject extends Verb {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The object's namespace.")
    private String namespace = "";

    @Parameters(
        index = "1",
        paramLabel = "OBJECT",
        description = "Its name, or its id of 64 hex digits; name: or id: before it says which.")
    private String object = "";

    OneObject(Surroundings surroundings) {
      super(surroundings);
    }

    final ControlRequest request(String task) {
      return ControlRequest.of(task)
          .with(Arguments.NAMESPACE, namespace)
          .with(Arguments.OBJECT, object);
    }
  }

  /** Whether a program is to read what is told. Mixed in where that is possible. */
  static final class JsonOption {
    @Option(names = "--json", description = "For programs: an object of JSON a line.")
    private boolean json;

    ControlRequest in(ControlRequest request) {
      return json ? request.with(Arguments.JSON, "true") : request;
    }
  }

  /** The moment that is looked at. Mixed in where there is one. */
  static final class AtOption {
    @Option(
        names = "--at",
        paramLabel = "MOMENT",
        description = MOMENT + " (default: the last durable state).")
    private @Nullable String at;

    ControlRequest in(ControlRequest request) {
      return Verb.with(request, Arguments.AT, at);
    }
  }

  /** How much is told. Mixed in where there may be much. */
  static final class LimitOption {
    @Option(
        names = "--limit",
        paramLabel = "N",
        description =
            "The most to tell (default: 1000 objects, 50 states, 100 entries, 1000 rows).")
    private @Nullable Integer limit;

    ControlRequest in(ControlRequest request) {
      return Verb.with(request, Arguments.LIMIT, limit);
    }
  }

  /** {@code holdfast object list}. */
  @Command(
      name = "list",
      description = "List the namespaces, or the objects of one.",
      sortOptions = false)
  static final class ListCommand extends Verb {
    @Parameters(
        paramLabel = "NAMESPACE",
        arity = "0..1",
        description = "The namespace whose objects to list (default: list the namespaces).")
    private @Nullable String namespace;

    @Option(
        names = "--prefix",
        paramLabel = "TEXT",
        description = "Only objects whose name begins so, in the order of names.")
    private @Nullable String prefix;

    @Option(
        names = "--after",
        paramLabel = "LAST",
        description = "Begin after this id or, with --prefix, after this name.")
    private @Nullable String after;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private @Nullable CommandSpec spec;

    ListCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      if (namespace == null && (prefix != null || after != null) && spec != null) {
        throw new ParameterException(
            spec.commandLine(),
            "--prefix and --after are about the objects of a NAMESPACE: name it");
      }
      ControlRequest request = ControlRequest.of("object-list");
      request = with(request, Arguments.NAMESPACE, namespace);
      request = with(request, Arguments.PREFIX, prefix);
      request = with(request, Arguments.AFTER, after);
      print(json.in(limit.in(request)));
      return 0;
    }
  }

  /** {@code holdfast object history}. */
  @Command(
      name = "history",
      description = "List the states of an object that are kept, latest first.",
      sortOptions = false)
  static final class HistoryCommand extends OneObject {
    @Option(
        names = "--before",
        paramLabel = "BOOKMARK",
        description = "Only those before the state of this bookmark.")
    private @Nullable String before;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private JsonOption json = new JsonOption();

    HistoryCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      ControlRequest request = with(request("object-history"), Arguments.BEFORE, before);
      print(json.in(limit.in(request)));
      return 0;
    }
  }

  /** {@code holdfast object show}. */
  @Command(
      name = "show",
      description = "Show what an object has stored, now or at a moment, without waking it.",
      sortOptions = false)
  static final class ShowCommand extends OneObject {
    @Mixin private AtOption at = new AtOption();

    @Option(names = "--key", paramLabel = "KEY", description = "Only the value of this key, whole.")
    private @Nullable String key;

    @Option(
        names = "--prefix",
        paramLabel = "TEXT",
        description = "Only entries whose key begins so.")
    private @Nullable String prefix;

    @Option(
        names = "--sql",
        paramLabel = "QUERY",
        description = "Instead, the rows of a query of its database; nothing can be changed.")
    private @Nullable String sql;

    @Option(
        names = "--seconds",
        paramLabel = "N",
        description = "How long the query may take (default: 10).")
    private @Nullable Integer seconds;

    @Mixin private LimitOption limit = new LimitOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private @Nullable CommandSpec spec;

    ShowCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      int kinds = (key == null ? 0 : 1) + (prefix == null ? 0 : 1) + (sql == null ? 0 : 1);
      if (kinds > 1 && spec != null) {
        throw new ParameterException(
            spec.commandLine(), "--key, --prefix and --sql exclude each other");
      }
      ControlRequest request = request(sql == null ? "object-show" : "object-query");
      request = with(at.in(request), Arguments.KEY, key);
      request = with(request, Arguments.PREFIX, prefix);
      request = with(request, Arguments.SQL, sql);
      request = with(request, Arguments.SECONDS, seconds);
      print(json.in(limit.in(request)));
      return 0;
    }
  }

  /** {@code holdfast object restore}. */
  @Command(
      name = "restore",
      description = {
        "Make an object what it was, and print the bookmark that undoes that.",
        "If it is awake it starts again, as with abort; its sockets stay."
      },
      sortOptions = false)
  static final class RestoreCommand extends OneObject {
    @Option(names = "--to", paramLabel = "MOMENT", required = true, description = MOMENT + ".")
    private String to = "";

    @Mixin private JsonOption json = new JsonOption();

    RestoreCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      print(json.in(request("object-restore").with(Arguments.AT, to)));
      return 0;
    }
  }

  /** {@code holdfast object fork}. */
  @Command(
      name = "fork",
      description = "Make a new object that begins as another one is, or was.",
      sortOptions = false)
  static final class ForkCommand extends OneObject {
    @Parameters(
        index = "2",
        paramLabel = "NEWNAME",
        description = "The name of the new object, which must not exist.")
    private String name = "";

    @Mixin private AtOption at = new AtOption();

    @Mixin private JsonOption json = new JsonOption();

    ForkCommand(Surroundings surroundings) {
      super(surroundings);
    }

    @Override
    public Integer call() throws InterruptedException {
      ControlRequest request = request("object-fork").with(Arguments.NAME, name);
      print(json.in(at.in(request)));
      return 0;
    }
  }
}
