// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.Worker;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.server.config.AppConfig;
import dev.holdfast.server.config.ConfigException;
import dev.holdfast.server.config.ObjectConfig;
import dev.holdfast.server.config.Place;
import dev.holdfast.server.config.Problems;
import dev.holdfast.server.config.Setting;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An app's classes as a node needs them. Immutable.
 *
 * @param objects the namespaces
 * @param worker makes the worker
 */
public record App(List<ObjectClass<?>> objects, Function<Env, Worker> worker) {
  public App {
    objects = List.copyOf(objects);
  }

  /**
   * Finds the classes that the configuration names.
   *
   * @throws ConfigException listing all that cannot be used, with the lines that name them
   */
  public static App load(AppConfig config, ClassLoader loader) {
    Problems problems = new Problems();
    Loading loading = new Loading(loader, problems);
    Optional<Function<Env, Worker>> worker = loading.worker(config.worker());
    List<ObjectClass<?>> objects = new ArrayList<>();
    for (ObjectConfig object : config.objects()) {
      loading.object(object).ifPresent(objects::add);
    }
    problems.throwIfAny();
    return new App(objects, worker.orElseThrow());
  }

  /** One pass over the configuration. */
  private record Loading(ClassLoader loader, Problems problems) {

    Optional<Function<Env, Worker>> worker(Setting<String> name) {
      return usable("worker", name, Worker.class)
          .flatMap(
              type -> {
                Optional<Function<Env, Worker>> factory =
                    Constructors.taking(Env.class, type, Worker.class)
                        .or(
                            () ->
                                Constructors.takingNothing(type, Worker.class)
                                    .map(none -> none::apply));
                if (factory.isEmpty()) {
                  problems.add(
                      name.place(),
                      "worker: expected a constructor of %s that takes an Env or nothing, found %s"
                          .formatted(type.getName(), Constructors.list(type)));
                }
                return factory.map(made -> env -> make(type, made, env));
              });
    }

    /** Makes the worker with the app's class loader in force, as its requests will run. */
    private static Worker make(Class<?> type, Function<Env, Worker> factory, Env env) {
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(type.getClassLoader());
      try {
        return factory.apply(env);
      } catch (RuntimeException | LinkageError e) {
        String where =
            Arrays.stream(e.getStackTrace())
                .filter(frame -> frame.getClassName().equals(type.getName()))
                .findFirst()
                .map(frame -> " at " + frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("");
        throw new AppException(
            "the worker %s cannot be made: %s%s".formatted(type.getName(), e, where), e);
      } finally {
        thread.setContextClassLoader(before);
      }
    }

    Optional<ObjectClass<?>> object(ObjectConfig config) {
      Optional<Class<?>> type = usable("class", config.className(), DurableObject.class);
      if (type.isEmpty()) {
        return Optional.empty();
      }
      Optional<Function<ObjectContext, DurableObject>> factory =
          Constructors.taking(ObjectContext.class, type.get(), DurableObject.class);
      if (factory.isEmpty()) {
        problems.add(
            config.className().place(),
            "class: expected a constructor of %s that takes an ObjectContext, found %s"
                .formatted(type.get().getName(), Constructors.list(type.get())));
      }
      Optional<Class<?>> remote =
          config.interfaceName().isPresent()
              ? named(config.interfaceName().get(), type.get())
              : declared(config.className().place(), type.get());
      if (factory.isEmpty() || remote.isEmpty()) {
        return Optional.empty();
      }
      ObjectClass<?> made = objectClass(config.namespace().value(), remote.get(), factory.get());
      return Optional.of(
          config.renamedFrom().isPresent()
              ? made.renamedFrom(config.renamedFrom().get().value())
              : made);
    }

    /** A class that can be made and is an {@code expected}. */
    private Optional<Class<?>> usable(String key, Setting<String> name, Class<?> expected) {
      Optional<Class<?>> found = find(key, name);
      if (found.isEmpty()) {
        return found;
      }
      Class<?> type = found.get();
      if (!expected.isAssignableFrom(type)) {
        problems.add(
            name.place(),
            "%s: expected %s to %s, found that it does not"
                .formatted(
                    key,
                    type.getName(),
                    (expected.isInterface() ? "implement " : "extend ") + expected.getName()));
        return Optional.empty();
      }
      if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
        problems.add(
            name.place(),
            "%s: expected a class that can be made, found that %s is abstract; name a subclass"
                .formatted(key, type.getName()));
        return Optional.empty();
      }
      return found;
    }

    private Optional<Class<?>> find(String key, Setting<String> name) {
      try {
        Class<?> type = Class.forName(name.value(), false, loader);
        // What its signatures name is loaded here, where it is known who named it.
        var _ = type.getDeclaredConstructors();
        var _ = type.getMethods();
        return Optional.of(type);
      } catch (ClassNotFoundException e) {
        problems.add(
            name.place(),
            "%s: there is no class %s in the app; check package and spelling"
                .formatted(key, name.value()));
      } catch (LinkageError e) {
        problems.add(
            name.place(),
            "%s: %s cannot be loaded: %s; is a library missing, or from another Java version?"
                .formatted(key, name.value(), e));
      }
      return Optional.empty();
    }

    private Optional<Class<?>> named(Setting<String> name, Class<?> type) {
      Optional<Class<?>> found = find("interface", name);
      if (found.isPresent() && !(found.get().isInterface() && found.get().isAssignableFrom(type))) {
        problems.add(
            name.place(),
            "interface: expected an interface that %s implements, found %s"
                .formatted(type.getName(), name.value()));
        return Optional.empty();
      }
      return found;
    }

    private Optional<Class<?>> declared(Place place, Class<?> type) {
      List<Class<?>> candidates =
          Arrays.stream(type.getInterfaces()).filter(Loading::isOfApp).toList();
      if (candidates.size() == 1) {
        return Optional.of(candidates.getFirst());
      }
      String found =
          candidates.isEmpty()
              ? "none"
              : candidates.stream().map(Class::getName).collect(Collectors.joining(" and "));
      problems.add(
          place,
          "class: expected %s to implement one interface, the one that callers see, found %s;"
                  .formatted(type.getName(), found)
              + " add interface = \"…\" to say which");
      return Optional.empty();
    }

    /** Whether an interface can be what callers see: not the JDK's, and not the API's. */
    private static boolean isOfApp(Class<?> type) {
      return !type.getPackageName().equals("java")
          && !type.getPackageName().startsWith("java.")
          && !type.getPackageName().equals(DurableObject.class.getPackageName());
    }

    private static <T> ObjectClass<T> objectClass(
        String namespace, Class<T> type, Function<ObjectContext, DurableObject> factory) {
      return new ObjectClass<>(namespace, type, factory);
    }
  }
}
