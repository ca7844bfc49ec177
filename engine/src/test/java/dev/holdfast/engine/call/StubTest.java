// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.ObjectClass;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stubs: what they are, and which methods of them reach the object. */
final class StubTest {
  public interface Base<T> {
    String put(T value);

    Object describe();
  }

  public interface Parent {
    String inherited();
  }

  public interface Thing extends Base<String>, Parent, AutoCloseable, Comparable<Thing> {
    @Override
    String put(String value);

    @Override
    String describe();

    default String twice(String text) {
      return put(text) + put(text);
    }

    default String overridden() {
      return "of the interface";
    }

    static String helper() {
      return "local";
    }

    String overload(String text);

    String overload(long number);

    String overload(List<String> texts);

    String varargs(String first, String... rest);

    @Override
    void close();

    @Override
    boolean equals(Object other);

    @Override
    String toString();
  }

  private static final class ThingObject extends DurableObject implements Thing {
    private final String self = "instance";
    private int puts;

    ThingObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public String put(String value) {
      return value + ++this.puts;
    }

    @Override
    public String describe() {
      return this.self + " " + (this == itself());
    }

    private ThingObject itself() {
      return this;
    }

    @Override
    public String inherited() {
      return "inherited";
    }

    @Override
    public String overridden() {
      return "of the object";
    }

    @Override
    public String overload(String text) {
      return "text";
    }

    @Override
    public String overload(long number) {
      return "number";
    }

    @Override
    public String overload(List<String> texts) {
      return "texts";
    }

    @Override
    public String varargs(String first, String... rest) {
      return first + rest.length;
    }

    @Override
    public void close() {
      puts = 1_000;
    }

    @Override
    public int compareTo(Thing other) {
      return 0;
    }

    @Override
    public boolean equals(Object other) {
      return true;
    }

    @Override
    public int hashCode() {
      return 7;
    }

    @Override
    public String toString() {
      return "the object itself";
    }
  }

  public interface Primitives {
    String all(boolean a, byte b, long c, short d, double e, char f, float g, int h, String i);

    boolean invert(boolean value);

    byte next(byte value);

    short next(short value);

    char next(char value);

    int next(int value);

    long next(long value);

    float next(float value);

    double next(double value);

    int[] next(int[] values);
  }

  private static final class PrimitivesObject extends DurableObject implements Primitives {
    PrimitivesObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public String all(
        boolean a, byte b, long c, short d, double e, char f, float g, int h, String i) {
      return a + " " + b + " " + c + " " + d + " " + e + " " + f + " " + g + " " + h + " " + i;
    }

    @Override
    public boolean invert(boolean value) {
      return !value;
    }

    @Override
    public byte next(byte value) {
      return (byte) (value + 1);
    }

    @Override
    public short next(short value) {
      return (short) (value + 1);
    }

    @Override
    public char next(char value) {
      return (char) (value + 1);
    }

    @Override
    public int next(int value) {
      return value + 1;
    }

    @Override
    public long next(long value) {
      return value + 1;
    }

    @Override
    public float next(float value) {
      return value + 1;
    }

    @Override
    public double next(double value) {
      return value + 1;
    }

    @Override
    public int[] next(int[] values) {
      return Arrays.stream(values).map(value -> value + 1).toArray();
    }
  }

  /** Package-private on purpose: an app's interface need not be public. */
  interface Hidden {
    long value();
  }

  private static final class HiddenObject extends DurableObject implements Hidden {
    HiddenObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public long value() {
      return 5;
    }
  }

  private final Node node =
      new Node(
          new ObjectClass<>("Thing", Thing.class, ThingObject::new),
          new ObjectClass<>("Hidden", Hidden.class, HiddenObject::new),
          new ObjectClass<>("Primitives", Primitives.class, PrimitivesObject::new));

  private ObjectNamespace<Thing> things() {
    return node.objects(Thing.class);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  @Conformance("C-ID-11")
  void a_stub_knows_the_id_it_was_made_with_and_its_name() {
    ObjectId id = things().idFromName("a");

    assertThat(ObjectStub.of(things().get(id)).id()).isSameAs(id);
    assertThat(ObjectStub.of(things().get(id)).name()).contains("a");
    assertThat(ObjectStub.of(things().getByName("a")).id()).isEqualTo(id);
    assertThat(ObjectStub.of(things().get(things().newUniqueId())).name()).isEmpty();
  }

  @Test
  void making_a_stub_creates_and_activates_nothing() {
    Thing stub = things().getByName("a");
    assertThat(stub.toString()).isNotEmpty();
    assertThat(stub.hashCode()).isEqualTo(stub.hashCode());

    assertThat(node.store().gate().submitted()).isZero();
    assertThat(((dev.holdfast.engine.Engine) node.env()).activations()).isZero();
  }

  @Test
  void a_stub_equals_itself_only_and_says_whom_it_reaches() {
    Thing one = things().getByName("a");
    Thing other = things().getByName("a");
    Set<Thing> set = new HashSet<>(List.of(one, other));

    assertThat(set).hasSize(2).contains(one, other);
    assertThat(one).isNotEqualTo(other).isNotEqualTo("Thing/a");
    assertThat(one).hasToString("Thing/a");
    ObjectId unique = things().newUniqueId();
    assertThat(things().get(unique)).hasToString("Thing/" + unique);
    assertThat(ObjectStub.of(one)).hasToString("Thing/a");
  }

  @Test
  void only_a_stub_has_an_untyped_side() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObjectStub.of("text"))
        .withMessage("java.lang.String is not a stub; pass what ObjectNamespace.get returned");
  }

  @Test
  @Conformance("C-ID-14")
  void a_method_runs_on_the_instance() {
    assertThat(things().getByName("a").describe()).isEqualTo("instance true");
  }

  @Test
  void methods_of_super_interfaces_are_reached() {
    assertThat(things().getByName("a").inherited()).isEqualTo("inherited");
    Parent parent = things().getByName("a");
    assertThat(parent.inherited()).isEqualTo("inherited");
  }

  @Test
  void a_method_is_reached_through_the_generic_interface_that_declared_it_first() {
    Base<String> base = things().getByName("a");

    assertThat(base.put("x")).isEqualTo("x1");
    assertThat(base.describe()).isEqualTo("instance true");
  }

  @Test
  void a_default_method_runs_at_the_object_as_one_event() {
    Thing stub = things().getByName("a");

    assertThat(stub.twice("x")).isEqualTo("x1x2");
    assertThat(stub.overridden()).isEqualTo("of the object");
    assertThat(Thing.helper()).isEqualTo("local");
  }

  @Test
  void overloads_are_told_apart() {
    Thing stub = things().getByName("a");

    assertThat(stub.overload("1")).isEqualTo("text");
    assertThat(stub.overload(1)).isEqualTo("number");
    assertThat(stub.overload(List.of("1"))).isEqualTo("texts");
    assertThat(stub.varargs("x")).isEqualTo("x0");
    assertThat(stub.varargs("x", "y", "z")).isEqualTo("x2");
  }

  @Test
  void a_method_of_java_is_remote_only_if_the_interface_declares_it_itself() {
    Thing stub = things().getByName("a");
    stub.close();

    assertThat(stub.put("x")).isEqualTo("x1001");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> stub.compareTo(things().getByName("b")))
        .withMessage(
            "Thing/a: compareTo is not a remote method, since java.* declares it;"
                + " declare it in the interface");
  }

  @Test
  void an_interface_need_not_be_public() {
    assertThat(node.object(Hidden.class, "a").value()).isEqualTo(5);
  }

  @Test
  void primitives_pass_both_ways() {
    Primitives stub = node.object(Primitives.class, "a");

    assertThat(stub.all(true, (byte) -1, 1L << 40, (short) 300, 0.5, 'x', 1.5f, 7, "end"))
        .isEqualTo("true -1 1099511627776 300 0.5 x 1.5 7 end");
    assertThat(stub.invert(true)).isFalse();
    assertThat(stub.next((byte) 127)).isEqualTo((byte) -128);
    assertThat(stub.next((short) 1)).isEqualTo((short) 2);
    assertThat(stub.next('a')).isEqualTo('b');
    assertThat(stub.next(1)).isEqualTo(2);
    assertThat(stub.next(1L << 40)).isEqualTo((1L << 40) + 1);
    assertThat(stub.next(1.5f)).isEqualTo(2.5f);
    assertThat(stub.next(1.5)).isEqualTo(2.5);
    assertThat(stub.next(new int[] {1, 2})).containsExactly(2, 3);
  }
}
