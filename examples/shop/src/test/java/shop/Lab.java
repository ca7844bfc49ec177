// SPDX-License-Identifier: Apache-2.0
package shop;

import dev.holdfast.DurableObject;
import dev.holdfast.Holdfast;
import dev.holdfast.ObjectContext;
import dev.holdfast.Response;
import dev.holdfast.Storage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** An object whose code is written where the test is. */
final class Lab implements AutoCloseable {
  private final Map<String, Use> uses = new ConcurrentHashMap<>();
  private final Holdfast holdfast;

  /** What callers see. */
  public interface Bench {
    String run(String use) throws Exception;
  }

  /** What a test does with the object. */
  @FunctionalInterface
  interface Use {
    Object of(Subject self) throws Exception;
  }

  Lab(Path data) {
    holdfast =
        Holdfast.builder()
            .object("Lab", Bench.class, ctx -> new Subject(ctx, uses))
            .worker(_ -> _ -> Response.status(404))
            .data(data)
            .port(0)
            .start();
  }

  /** Runs as code of the object; the answer is what it returns, as text. */
  String run(Use use) throws Exception {
    String name = "use" + uses.size();
    uses.put(name, use);
    return holdfast.objects(Bench.class).getByName("a").run(name);
  }

  @Override
  public void close() {
    holdfast.close();
  }

  /** The object. */
  static final class Subject extends DurableObject implements Bench {
    private final Map<String, Use> uses;

    private Subject(ObjectContext ctx, Map<String, Use> uses) {
      super(ctx);
      this.uses = uses;
    }

    DataSource database() {
      return sql().dataSource();
    }

    Storage store() {
      return storage();
    }

    ObjectContext context() {
      return ctx();
    }

    /** The one column of a query, read without any library. */
    String read(String query) {
      return sql().query(query).list(String.class).toString();
    }

    long write(String statement) {
      return sql().exec(statement);
    }

    @Override
    public String run(String use) throws Exception {
      return String.valueOf(Objects.requireNonNull(uses.get(use)).of(this));
    }
  }
}
