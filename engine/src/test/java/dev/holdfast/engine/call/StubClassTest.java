// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.DurableObject;
import dev.holdfast.Env;
import dev.holdfast.ObjectContext;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.engine.call.guest.GuestApp;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces of apps, which other class loaders load than the engine's. */
final class StubClassTest {
  private static final List<String> AS_THE_GUEST_SEES_IT =
      List.of(
          "inherited",
          "<<s>>",
          "[Secret[text=a], Secret[text=b], Secret[text=c]]",
          "1",
          "<t><t>",
          "local",
          "3",
          "Guest/g",
          "h");

  /** Loads some of this test's classes anew, and sees of the others only those that it may. */
  private static final class Loader extends ClassLoader {
    private final Predicate<String> own;
    private final Predicate<String> shared;

    Loader(Predicate<String> own, Predicate<String> shared) {
      super(ClassLoader.getPlatformClassLoader());
      this.own = own;
      this.shared = shared;
    }

    /** The loader of an app: the API is shared, the engine is out of sight. */
    static Loader ofApp() {
      return new Loader(
          name -> name.startsWith(GuestApp.class.getPackageName()),
          name -> name.matches("dev\\.holdfast\\.[A-Z].*|org\\.jspecify\\..*"));
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      ClassLoader ofTest = StubClassTest.class.getClassLoader();
      if (!own.test(name)) {
        if (shared.test(name)) {
          return ofTest.loadClass(name);
        }
        throw new ClassNotFoundException(name);
      }
      try (InputStream file = ofTest.getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return "loader of a test";
    }

    Class<?> load(String simpleName) throws ClassNotFoundException {
      return loadClass(GuestApp.class.getName() + simpleName);
    }
  }

  private static DurableObject guestObject(ClassLoader loader, ObjectContext ctx) {
    try {
      return (DurableObject)
          loader
              .loadClass(GuestApp.GuestObject.class.getName())
              .getConstructor(ObjectContext.class)
              .newInstance(ctx);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectClass<?> guest(Loader loader, String namespace)
      throws ClassNotFoundException {
    return new ObjectClass<>(
        namespace, loader.load("$" + namespace), ctx -> guestObject(loader, ctx));
  }

  @SuppressWarnings("unchecked") // the guest's own declaration
  private static List<String> seenByGuest(Loader loader) throws ReflectiveOperationException {
    Function<Env, List<String>> app =
        (Function<Env, List<String>>) loader.load("").getConstructor().newInstance();
    try (Node node = new Node(guest(loader, "Guest"), guest(loader, "Hidden"))) {
      return app.apply(node.env());
    }
  }

  @Test
  void an_app_calls_its_objects_through_interfaces_that_only_it_sees()
      throws ReflectiveOperationException {
    Loader loader = Loader.ofApp();
    assertThat(loader.load("$Guest")).isNotSameAs(GuestApp.Guest.class);

    assertThat(seenByGuest(loader)).isEqualTo(AS_THE_GUEST_SEES_IT);
  }

  @Test
  void the_same_app_loaded_again_has_stubs_of_its_own() throws ReflectiveOperationException {
    assertThat(seenByGuest(Loader.ofApp())).isEqualTo(AS_THE_GUEST_SEES_IT);
    assertThat(seenByGuest(Loader.ofApp())).isEqualTo(AS_THE_GUEST_SEES_IT);
  }

  @Test
  void engines_in_one_JVM_may_begin_to_use_an_interface_at_once()
      throws ReflectiveOperationException {
    for (int round = 0; round < 20; round++) {
      Loader loader = Loader.ofApp();
      CyclicBarrier together = new CyclicBarrier(4);
      List<CompletableFuture<List<String>>> engines = new ArrayList<>();
      for (int i = 0; i < together.getParties(); i++) {
        engines.add(
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    together.await();
                    return seenByGuest(loader);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                },
                task -> Thread.ofPlatform().start(task)));
      }
      assertThat(engines)
          .allSatisfy(seen -> assertThat(seen.join()).isEqualTo(AS_THE_GUEST_SEES_IT));
    }
  }

  @Test
  void namespaces_of_one_interface_share_its_stubs_but_not_its_objects() {
    ObjectClass<GuestApp.Guest> one =
        new ObjectClass<>("One", GuestApp.Guest.class, GuestApp.GuestObject::new);
    ObjectClass<GuestApp.Guest> two =
        new ObjectClass<>("Two", GuestApp.Guest.class, GuestApp.GuestObject::new);
    try (Node node = new Node(one, two);
        Node other = new Node(one)) {
      GuestApp.Guest first = node.env().objects("One", GuestApp.Guest.class).getByName("x");
      GuestApp.Guest second = node.env().objects("Two", GuestApp.Guest.class).getByName("x");
      GuestApp.Guest third = other.objects(GuestApp.Guest.class).getByName("x");

      assertThat(first).hasToString("One/x").hasSameClassAs(second).hasSameClassAs(third);
      assertThat(second).hasToString("Two/x");
      assertThat(List.of(first.inherited(), second.inherited(), third.inherited()))
          .containsOnly("inherited");
    }
  }

  @Test
  void engines_that_are_loaded_apart_share_an_interface() throws ReflectiveOperationException {
    Loader app = Loader.ofApp();
    Loader otherEngine =
        new Loader(
            name -> name.startsWith("dev.holdfast.engine."), name -> !name.startsWith("java."));
    Method of =
        otherEngine.loadClass(StubClass.class.getName()).getDeclaredMethod("of", Class.class);
    of.setAccessible(true);
    assertThat(of.invoke(null, app.load("$Guest"))).isNotInstanceOf(StubClass.class);

    assertThat(seenByGuest(app)).isEqualTo(AS_THE_GUEST_SEES_IT);
  }

  @Test
  void an_interface_whose_loader_does_not_see_the_api_is_refused() throws ClassNotFoundException {
    Loader blind =
        new Loader(
            name -> name.equals(GuestApp.Parent.class.getName()),
            name -> name.equals(GuestApp.class.getName()));
    Class<?> type = blind.load("$Parent");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StubClass.of(type))
        .withMessage(
            "%s cannot be implemented: its class loader, %s, does not see the API of Holdfast that runs here; declare an interface where the object class is"
                .formatted(type.getName(), blind));
  }

  /** A module with one public interface, {@code closed.Thing}, exported or also opened. */
  private static Class<?> inModule(Path folder, boolean open)
      throws IOException, ClassNotFoundException {
    PackageDesc thingPackage = PackageDesc.of("closed");
    ModuleAttribute module =
        ModuleAttribute.of(
            ModuleDesc.of("closed.module"),
            builder -> {
              builder.requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null);
              builder.exports(thingPackage, 0);
              if (open) {
                builder.opens(thingPackage, 0);
              }
            });
    ClassFile.of().buildModuleTo(folder.resolve("module-info.class"), module);
    ClassFile.of()
        .buildTo(
            Files.createDirectories(folder.resolve("closed")).resolve("Thing.class"),
            ClassDesc.of("closed.Thing"),
            builder ->
                builder
                    .withFlags(AccessFlag.PUBLIC, AccessFlag.INTERFACE, AccessFlag.ABSTRACT)
                    .withMethod(
                        "value",
                        MethodTypeDesc.of(ConstantDescs.CD_long),
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT,
                        method -> {}));
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration()
            .resolve(ModuleFinder.of(folder), ModuleFinder.of(), Set.of("closed.module"));
    return boot.defineModulesWithOneLoader(configuration, StubClassTest.class.getClassLoader())
        .findLoader("closed.module")
        .loadClass("closed.Thing");
  }

  @Test
  void an_interface_in_a_module_that_keeps_it_closed_is_refused_by_name(@TempDir Path folder)
      throws Exception {
    Class<?> type = inModule(folder, false);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StubClass.of(type))
        .withMessage(
            "closed.Thing cannot be implemented: its package closed is closed; let module closed.module open it to %s"
                .formatted(StubClassTest.class.getModule()));
  }

  @Test
  void an_interface_in_a_module_that_does_not_read_the_api_is_refused(@TempDir Path folder)
      throws Exception {
    Class<?> type = inModule(folder, true);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> StubClass.of(type))
        .withMessageStartingWith("closed.Thing cannot be implemented beside it: ")
        .withMessageContaining("closed.module");
  }
}
