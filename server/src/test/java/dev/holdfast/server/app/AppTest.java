// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.DurableObject;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.config.Mode;
import dev.holdfast.server.config.Overrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppTest {
  @TempDir private Path folder;
  private @Nullable AppClassLoader loader;

  @AfterEach
  void close() throws IOException {
    if (loader != null) {
      loader.close();
    }
  }

  @Test
  void load_finds_classes_that_are_not_public_and_the_interface_that_one_declares() {
    Folders.tally(folder);

    App app = load();

    assertThat(app.objects())
        .singleElement()
        .satisfies(
            object -> {
              assertThat(object.namespace()).isEqualTo("Tally");
              assertThat(object.type().getName()).isEqualTo("tally.Tally");
              assertThat(object.type().getClassLoader().getName()).isEqualTo("tally");
            });
  }

  @Test
  void load_reports_every_class_that_cannot_be_used_with_its_line() {
    Folders.write(
        folder,
        "src/a/Classes.java",
        """
        package a;

        import dev.holdfast.*;

        interface One {}
        interface Two {}
        class NoWorker {}
        abstract class Abstract extends DurableObject implements One {
          Abstract(ObjectContext ctx) { super(ctx); }
        }
        class NoConstructor extends DurableObject implements One {
          NoConstructor(ObjectContext ctx, String name) { super(ctx); }
        }
        class NoInterface extends DurableObject implements Runnable {
          NoInterface(ObjectContext ctx) { super(ctx); }
          public void run() {}
        }
        class TwoInterfaces extends DurableObject implements One, Two {
          TwoInterfaces(ObjectContext ctx) { super(ctx); }
        }
        class NoObject implements One {}
        """);
    Folders.write(
        folder,
        "holdfast.toml",
        """
        name = "a"
        worker = "a.NoWorker"
        [[object]]
        namespace = "Gone"
        class = "a.Gone"
        [[object]]
        namespace = "Abstract"
        class = "a.Abstract"
        [[object]]
        namespace = "NoConstructor"
        class = "a.NoConstructor"
        [[object]]
        namespace = "NoInterface"
        class = "a.NoInterface"
        [[object]]
        namespace = "TwoInterfaces"
        class = "a.TwoInterfaces"
        [[object]]
        namespace = "NotIts"
        class = "a.TwoInterfaces"
        interface = "java.lang.Runnable"
        [[object]]
        namespace = "Said"
        class = "a.TwoInterfaces"
        interface = "a.Two"
        [[object]]
        namespace = "NoObject"
        class = "a.NoObject"
        """);

    assertThatThrownBy(this::load)
        .isInstanceOf(ConfigException.class)
        .message()
        .satisfies(
            message ->
                assertThat(message.replace(folder + "/", "").lines())
                    .containsExactly(
                        "holdfast.toml:2: worker: expected a.NoWorker to implement"
                            + " dev.holdfast.Worker, found that it does not",
                        "holdfast.toml:5: class: there is no class a.Gone in the app; check package"
                            + " and spelling",
                        "holdfast.toml:8: class: expected a class that can be made, found that"
                            + " a.Abstract is abstract; name a subclass",
                        "holdfast.toml:11: class: expected a constructor of a.NoConstructor that"
                            + " takes an ObjectContext, found (ObjectContext, String)",
                        "holdfast.toml:14: class: expected a.NoInterface to implement one"
                            + " interface, the one that callers see, found none; add interface ="
                            + " \"…\" to say which",
                        "holdfast.toml:17: class: expected a.TwoInterfaces to implement one"
                            + " interface, the one that callers see, found a.One and a.Two; add"
                            + " interface = \"…\" to say which",
                        "holdfast.toml:21: interface: expected an interface that a.TwoInterfaces"
                            + " implements, found java.lang.Runnable",
                        "holdfast.toml:28: class: expected a.NoObject to extend"
                            + " dev.holdfast.DurableObject, found that it does not"));
  }

  @Test
  void load_of_a_class_that_needs_an_absent_library_says_so() throws IOException {
    Folders.tally(folder);
    Folders.write(folder, "src/lib/Base.java", "package lib; public interface Base {}");
    Folders.write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        class TallyWorker implements dev.holdfast.Worker, lib.Base {
          public dev.holdfast.Response fetch(dev.holdfast.Request request) {
            return dev.holdfast.Response.status(204);
          }
        }
        """);
    Path classes = AppBuild.of(new AppFolder(folder)).run(quiet()).getFirst();
    Files.delete(classes.resolve("lib/Base.class"));

    assertThatThrownBy(this::load)
        .hasMessage(
            folder
                + "/holdfast.toml:2: worker: tally.TallyWorker cannot be loaded:"
                + " java.lang.NoClassDefFoundError: lib/Base; is a library missing, or from another"
                + " Java version?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public void take(lib.Base base) {}",
        "TallyObject(dev.holdfast.ObjectContext ctx, lib.Base base) { super(ctx); }"
      })
  void load_of_a_class_whose_signatures_need_an_absent_library_says_so(String member)
      throws IOException {
    Folders.tally(folder);
    Folders.write(folder, "src/lib/Base.java", "package lib; public interface Base {}");
    Folders.write(
        folder,
        "src/tally/TallyObject.java",
        """
        package tally;

        class TallyObject extends dev.holdfast.DurableObject implements Tally {
          TallyObject(dev.holdfast.ObjectContext ctx) { super(ctx); }
          public long add(long by) { return by; }
          %s
        }
        """
            .formatted(member));
    Path classes = AppBuild.of(new AppFolder(folder)).run(quiet()).getFirst();
    Files.delete(classes.resolve("lib/Base.class"));

    assertThatThrownBy(this::load)
        .hasMessage(
            folder
                + "/holdfast.toml:6: class: tally.TallyObject cannot be loaded:"
                + " java.lang.NoClassDefFoundError: lib/Base; is a library missing, or from another"
                + " Java version?");
  }

  @Test
  void a_worker_that_fails_in_its_constructor_is_named_with_the_line() {
    Folders.tally(folder);
    Folders.write(
        folder,
        "src/tally/TallyWorker.java",
        """
        package tally;

        class TallyWorker implements dev.holdfast.Worker {
          TallyWorker() {
            throw new IllegalStateException("no money");
          }

          public dev.holdfast.Response fetch(dev.holdfast.Request request) {
            return dev.holdfast.Response.status(204);
          }
        }
        """);
    App app = load();

    assertThatThrownBy(() -> app.worker().apply(new NoEnv()))
        .isInstanceOf(AppException.class)
        .hasMessage(
            "the worker tally.TallyWorker cannot be made: java.lang.IllegalStateException: no money"
                + " at TallyWorker.java:5");
  }

  @Test
  void an_app_sees_the_api_of_the_platform_and_neither_its_parts_nor_its_libraries()
      throws Exception {
    Folders.tally(folder);
    ObjectClass<?> object = load().objects().getFirst();
    ClassLoader app = object.type().getClassLoader();

    assertThat(app.loadClass("dev.holdfast.DurableObject")).isSameAs(DurableObject.class);
    assertThat(app.loadClass("org.slf4j.Logger")).isSameAs(org.slf4j.Logger.class);
    for (String hidden :
        new String[] {
          "dev.holdfast.engine.Engine",
          "dev.holdfast.gateway.Gateway",
          "dev.holdfast.store.ObjectStore",
          "io.vertx.core.Vertx",
          "org.rocksdb.RocksDB",
          "picocli.CommandLine"
        }) {
      assertThatThrownBy(() -> app.loadClass(hidden)).isInstanceOf(ClassNotFoundException.class);
    }
  }

  private App load() {
    AppConfig config = AppConfig.read(folder, new Overrides(Map.of(), Map.of()), Mode.DEV);
    loader = new AppClassLoader(config.name(), AppBuild.of(new AppFolder(folder)).run(quiet()));
    return App.load(config, loader);
  }

  private static PrintWriter quiet() {
    return new PrintWriter(Writer.nullWriter());
  }

  private static final class NoEnv implements dev.holdfast.Env {
    @Override
    public <T> dev.holdfast.ObjectNamespace<T> objects(Class<T> type) {
      throw new IllegalArgumentException("none");
    }

    @Override
    public <T> dev.holdfast.ObjectNamespace<T> objects(String namespace, Class<T> type) {
      throw new IllegalArgumentException("none");
    }
  }
}
