// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.ObjectClass;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The name that an object knows itself by. */
final class ContextNameTest {
  public interface Named {
    String name();

    String nameInConstructor();

    ObjectId id();

    void store();
  }

  private static final class NamedObject extends DurableObject implements Named {
    private final String nameInConstructor;

    NamedObject(ObjectContext ctx) {
      super(ctx);
      nameInConstructor = name();
    }

    @Override
    public String name() {
      return ctx().name().orElse("none");
    }

    @Override
    public String nameInConstructor() {
      return nameInConstructor;
    }

    @Override
    public ObjectId id() {
      return ctx().id();
    }

    @Override
    public void store() {
      storage().put("k", 1L);
    }
  }

  private final Node node = new Node(new ObjectClass<>("Named", Named.class, NamedObject::new));

  private ObjectNamespace<Named> objects() {
    return node.objects(Named.class);
  }

  /** The object reached by nothing but the text of its id. */
  private Named byText(ObjectId id) {
    return objects().get(objects().idFromString(id.toString()));
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  @Conformance("C-ID-16")
  void an_object_reached_by_its_name_knows_it_in_its_constructor_too() {
    Named a = objects().getByName("a");

    assertThat(a.nameInConstructor()).isEqualTo("a");
    assertThat(a.name()).isEqualTo("a");
    assertThat(a.id()).isEqualTo(objects().idFromName("a"));
  }

  @Test
  @Conformance("C-ID-17")
  void an_object_with_a_unique_id_has_no_name() {
    ObjectId id = objects().newUniqueId();
    objects().get(id).store();
    assertThat(objects().get(id).name()).isEqualTo("none");
    node.restart();
    assertThat(objects().get(id).nameInConstructor()).isEqualTo("none");
    assertThat(objects().get(id).id()).isEqualTo(id);
  }

  @Test
  void the_name_is_kept_with_the_first_commit_and_known_at_the_next_wake_however_it_comes() {
    Named a = objects().getByName("a");
    a.store();
    ObjectId id = a.id();
    node.restart();

    assertThat(byText(id).nameInConstructor()).isEqualTo("a");
    assertThat(byText(id).id().name()).contains("a");
  }

  @Test
  void an_object_reached_by_text_only_has_no_name() {
    ObjectId id = objects().idFromName("a");
    byText(id).store();
    assertThat(byText(id).name()).isEqualTo("none");
    node.restart();
    assertThat(byText(id).nameInConstructor()).isEqualTo("none");
  }

  @Test
  void an_object_that_stored_nothing_has_no_name_when_it_is_reached_by_text_later() {
    ObjectId id = objects().getByName("a").id();
    node.restart();

    assertThat(byText(id).name()).isEqualTo("none");
  }

  @Test
  void an_object_reached_by_text_first_knows_its_name_once_it_is_woken_by_it() {
    ObjectId id = objects().idFromName("a");
    byText(id).store();
    node.restart();

    assertThat(objects().getByName("a").nameInConstructor()).isEqualTo("a");
  }

  @Test
  @Conformance("C-ID-19")
  void a_name_over_1024_bytes_works_but_is_not_known_inside() {
    String longest = "x".repeat(1_024);
    String tooLong = "x".repeat(1_025);
    String longestOfTwoBytes = "\u00e9".repeat(512);
    String tooLongOfTwoBytes = "\u00e9".repeat(512) + "x";

    assertThat(objects().getByName(longest).name()).isEqualTo(longest);
    assertThat(objects().getByName(longestOfTwoBytes).name()).isEqualTo(longestOfTwoBytes);
    assertThat(objects().getByName(tooLongOfTwoBytes).name()).isEqualTo("none");
    Named object = objects().getByName(tooLong);
    assertThat(object.name()).isEqualTo("none");
    assertThat(object.nameInConstructor()).isEqualTo("none");
    object.store();
    node.restart();
    assertThat(objects().getByName(tooLong).name()).isEqualTo("none");
    assertThat(byText(objects().idFromName(tooLong)).name()).isEqualTo("none");
  }

  @Test
  void the_empty_name_is_a_name() {
    objects().getByName("").store();
    ObjectId id = objects().idFromName("");
    node.restart();

    assertThat(byText(id).name()).isEmpty();
  }
}
