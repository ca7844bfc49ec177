// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.ObjectClass;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Namespaces: apart from each other, found by name and by type. */
final class NamespacesTest {
  public interface Counter {
    long increment();
  }

  public interface Unregistered {}

  public interface Greeter {
    String greet();
  }

  public interface Broken {
    void takes(Object anything);
  }

  private static final class CounterObject extends DurableObject implements Counter {
    CounterObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long increment() {
      long value = storage().get("value", Long.class).orElse(0L) + 1;
      storage().put("value", value);
      return value;
    }
  }

  /** A later version of the same class. */
  private static final class RenamedObject extends DurableObject implements Counter {
    RenamedObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long increment() {
      return 100 + storage().get("value", Long.class).orElse(0L);
    }
  }

  private static ObjectClass<Counter> counters(String namespace) {
    return new ObjectClass<>(namespace, Counter.class, CounterObject::new);
  }

  @Test
  @Conformance("C-ID-28")
  void each_namespace_keeps_its_own_value_for_the_same_name() {
    try (Node node = new Node(counters("A"), counters("B"), counters("C"))) {
      Counter a = node.env().objects("A", Counter.class).getByName("x");
      Counter b = node.env().objects("B", Counter.class).getByName("x");
      Counter c = node.env().objects("C", Counter.class).getByName("x");

      assertThat(a.increment()).isEqualTo(1);
      assertThat(a.increment()).isEqualTo(2);
      assertThat(b.increment()).isEqualTo(1);
      assertThat(a.increment()).isEqualTo(3);
      assertThat(c.increment()).isEqualTo(1);
    }
  }

  @Test
  @Conformance("C-ID-20")
  void an_id_reaches_the_same_object_from_wherever_it_is_used() {
    try (Node node = new Node(counters("A"))) {
      ObjectNamespace<Counter> one = node.env().objects(Counter.class);
      ObjectNamespace<Counter> other = node.env().objects("A", Counter.class);
      ObjectId id = one.newUniqueId();

      assertThat(one.get(id).increment()).isEqualTo(1);
      assertThat(other.get(id).increment()).isEqualTo(2);
      assertThat(other.get(other.idFromString(id.toString())).increment()).isEqualTo(3);
      node.restart();
      assertThat(node.objects(Counter.class).get(id).increment()).isEqualTo(4);
    }
  }

  @Test
  void the_data_belongs_to_the_namespace_not_to_the_class() {
    Function<ObjectContext, DurableObject>[] factory = factory(CounterObject::new);
    try (Node node =
        new Node(new ObjectClass<>("A", Counter.class, ctx -> factory[0].apply(ctx)))) {
      node.object(Counter.class, "x").increment();
      factory[0] = RenamedObject::new;
      node.restart();

      assertThat(node.object(Counter.class, "x").increment()).isEqualTo(101);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static Function<ObjectContext, DurableObject>[] factory(
      Function<ObjectContext, DurableObject> first) {
    return new Function[] {first};
  }

  @Test
  @Conformance("C-ID-26")
  void a_type_that_no_namespace_has_is_refused_with_those_there_are() {
    try (Node node = new Node(counters("A"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> node.env().objects(Unregistered.class))
          .withMessage(
              "0 namespaces have the remote interface %s, expected one; there are: A (%s)"
                  .formatted(Unregistered.class.getName(), Counter.class.getName()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> node.env().objects("A", Unregistered.class))
          .withMessage(
              "namespace A has the remote interface %s, not %s"
                  .formatted(Counter.class.getName(), Unregistered.class.getName()));
    }
  }

  @Test
  void a_type_that_several_namespaces_have_is_refused_unless_the_namespace_is_named() {
    try (Node node = new Node(counters("A"), counters("B"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> node.env().objects(Counter.class))
          .withMessage(
              "2 namespaces have the remote interface %1$s, expected one; there are: A (%1$s), B (%1$s)"
                  .formatted(Counter.class.getName()));
      assertThat(node.env().objects("B", Counter.class).name()).isEqualTo("B");
    }
  }

  @Test
  void a_namespace_that_is_not_there_is_refused_with_those_there_are() {
    try (Node node = new Node(counters("A"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> node.env().objects("a", Counter.class))
          .withMessage(
              "there is no namespace a; there are: A (%s)".formatted(Counter.class.getName()));
    }
  }

  @Test
  void all_that_is_wrong_with_the_object_classes_is_said_at_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Node(
                        counters("A"),
                        counters("A"),
                        new ObjectClass<>("Broken", Broken.class, CounterObject::new),
                        new ObjectClass<>("String", String.class, CounterObject::new))
                    .close())
        .withMessageContaining("namespace A: it is registered twice; give each class its own name")
        .withMessageContaining("namespace Broken: " + Broken.class.getName())
        .withMessageContaining("namespace String: java.lang.String cannot be a remote interface");
  }

  @Test
  void the_name_of_a_namespace_is_1_to_64_letters_digits_dashes_or_underscores() {
    assertThat(counters("a-Z_9").namespace()).isEqualTo("a-Z_9");
    assertThat(counters("x".repeat(64)).namespace()).hasSize(64);
    for (String name : new String[] {"", "a b", "a/b", "a.b", "\u00e9", "x".repeat(65), "a\n"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> counters(name))
          .withMessage("namespace '" + name + "' is not 1 to 64 letters, digits, - or _");
    }
  }

  @Test
  void a_class_that_does_not_implement_its_remote_interface_is_refused_at_its_first_event() {
    try (Node node = new Node(new ObjectClass<>("A", Greeter.class, CounterObject::new))) {
      Greeter stub = node.object(Greeter.class, "x");

      assertThatIllegalStateException()
          .isThrownBy(stub::greet)
          .withMessage(
              "%s of namespace A does not implement its remote interface %s;"
                      .formatted(CounterObject.class.getName(), Greeter.class.getName())
                  + " let it, or register another interface");
    }
  }
}
