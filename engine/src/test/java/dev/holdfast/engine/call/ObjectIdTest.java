// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.ObjectId;
import dev.holdfast.ObjectNamespace;
import dev.holdfast.ObjectStub;
import dev.holdfast.engine.Conformance;
import dev.holdfast.engine.ObjectClass;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ids: what they look like, and which ones a namespace takes. */
final class ObjectIdTest {
  public interface Nothing {}

  public interface Other {}

  private static final class NothingObject extends DurableObject implements Nothing, Other {
    NothingObject(ObjectContext ctx) {
      super(ctx);
    }
  }

  private final Node node =
      new Node(
          new ObjectClass<>("Nothing", Nothing.class, NothingObject::new),
          new ObjectClass<>("Other", Other.class, NothingObject::new));

  private ObjectNamespace<Nothing> namespace() {
    return node.objects(Nothing.class);
  }

  private ObjectNamespace<Other> otherNamespace() {
    return node.objects(Other.class);
  }

  private static byte[] bytes(int last) {
    byte[] bytes = new byte[ObjectId.BYTES];
    bytes[31] = (byte) last;
    return bytes;
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  @Conformance("C-ID-01")
  void ids_of_equal_bytes_are_equal_whatever_their_names() {
    ObjectId hello = ObjectId.of(bytes(1), "hello");
    ObjectId goodbye = ObjectId.of(bytes(1), "goodbye");

    assertThat(hello).isEqualTo(goodbye).isEqualTo(ObjectId.of(bytes(1), null));
    assertThat(hello).hasSameHashCodeAs(goodbye).isEqualByComparingTo(goodbye);
    assertThat(hello).hasToString(goodbye.toString());
  }

  @Test
  @Conformance("C-ID-02")
  void ids_of_different_bytes_differ_whatever_their_names() {
    assertThat(ObjectId.of(bytes(1), "hello")).isNotEqualTo(ObjectId.of(bytes(2), "hello"));
    assertThat(ObjectId.of(bytes(1), "hello")).isLessThan(ObjectId.of(bytes(0x80), "hello"));
  }

  @Test
  @Conformance("C-ID-04")
  void text_that_is_not_64_hex_digits_is_no_id() {
    String good = namespace().newUniqueId().toString();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().idFromString("abc"))
        .withMessage("'abc' is not an object id: expected 64 hex digits, found 3 characters");
    assertThatIllegalArgumentException().isThrownBy(() -> namespace().idFromString(""));
    assertThatIllegalArgumentException().isThrownBy(() -> namespace().idFromString(good + "0"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().idFromString("g" + good.substring(1)))
        .withMessage(
            "'g%s' is not an object id: expected 64 hex digits, found 'g' at 0"
                .formatted(good.substring(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().idFromString(good.substring(0, 63) + "\uff11"))
        .withMessageContaining("at 63");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().idFromString("x".repeat(100_000)))
        .withMessage(
            "'%s…' is not an object id: expected 64 hex digits, found 100000 characters"
                .formatted("x".repeat(64)));
  }

  @Test
  @Conformance("C-ID-05")
  void an_id_of_another_namespace_is_not_valid() {
    ObjectId foreign = otherNamespace().idFromName("a");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().idFromString(foreign.toString()))
        .withMessage(
            "id %s is not valid for namespace Nothing: another namespace or another store made it"
                .formatted(foreign));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().get(foreign))
        .withMessageContaining("is not valid for namespace Nothing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().get(otherNamespace().newUniqueId()));
  }

  @Test
  void an_id_with_any_bit_changed_is_not_valid() {
    byte[] good = namespace().newUniqueId().bytes();
    for (int bit = 0; bit < 256; bit++) {
      byte[] forged = good.clone();
      forged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> namespace().get(ObjectId.of(forged, null)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> namespace().idFromString(HexFormat.of().formatHex(forged)));
    }
    assertThat(ObjectStub.of(namespace().get(ObjectId.of(good, null))).id().bytes())
        .isEqualTo(good);
  }

  @Test
  void an_id_with_a_name_that_it_was_not_derived_from_is_not_valid() {
    ObjectId a = namespace().idFromName("a");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().get(ObjectId.of(a.bytes(), "b")))
        .withMessage(
            "id %s is not that of the name b in namespace Nothing; use idFromName".formatted(a));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> namespace().get(ObjectId.of(namespace().newUniqueId().bytes(), "b")));
    assertThat(ObjectStub.of(namespace().get(ObjectId.of(a.bytes(), "a"))).name()).contains("a");
  }

  @Test
  void an_id_prints_as_64_lower_case_hex_digits_and_reads_in_either_case() {
    ObjectId id = namespace().idFromName("a");

    assertThat(id.toString()).matches("[0-9a-f]{64}");
    assertThat(namespace().idFromString(id.toString())).isEqualTo(id);
    assertThat(namespace().idFromString(id.toString().toUpperCase(Locale.ROOT)))
        .isEqualTo(id)
        .hasToString(id.toString());
  }

  @Test
  @Conformance("C-ID-07")
  void an_id_made_from_a_name_knows_it_and_one_read_from_text_does_not() {
    ObjectId id = namespace().idFromName("foo");

    assertThat(id.name()).contains("foo");
    assertThat(namespace().idFromString(id.toString()).name()).isEmpty();
    assertThat(namespace().newUniqueId().name()).isEmpty();
  }

  @Test
  @Conformance("C-ID-08")
  void unique_ids_differ() {
    Set<ObjectId> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(namespace().newUniqueId());
    }
    assertThat(ids).hasSize(10_000);
  }

  @Test
  void a_name_gives_the_same_id_for_ever_and_another_one_in_another_namespace() {
    ObjectId before = namespace().idFromName("a");
    node.restart();

    assertThat(namespace().idFromName("a")).isEqualTo(before);
    assertThat(otherNamespace().idFromName("a")).isNotEqualTo(before);
  }

  @Test
  void any_string_with_a_utf8_form_is_a_name() {
    String composed = "\u00e9";
    String decomposed = "e\u0301";
    Set<ObjectId> ids = new HashSet<>();
    for (String name :
        new String[] {
          "", " ", "\u0000", composed, decomposed, "?", "\ufffd", "x".repeat(100_000)
        }) {
      ObjectId id = namespace().idFromName(name);
      assertThat(id.name()).contains(name);
      assertThat(namespace().idFromName(name)).isEqualTo(id);
      ids.add(id);
    }
    assertThat(ids).hasSize(8);
  }

  @Test
  void a_name_with_an_unpaired_surrogate_is_refused_since_it_would_share_its_id_with_others() {
    for (String name : new String[] {"\ud800", "\udbff", "a\udc00", "\ude00\ud83d"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> namespace().idFromName(name))
          .withMessage(
              "a name with an unpaired surrogate has no id: it has no UTF-8 form; use another name");
      assertThatIllegalArgumentException().isThrownBy(() -> namespace().getByName(name));
    }
    assertThat(namespace().idFromName("\ud83d\ude00").name()).isPresent();
  }

  /** Random text and damaged ids: only what the namespace made is one of its ids. */
  @Test
  void text_is_an_id_only_if_the_namespace_made_it() {
    int rounds = Boolean.getBoolean("holdfast.thorough") ? 200_000 : 2_000;
    long seed = Long.getLong("holdfast.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < rounds; i++) {
      ObjectId id =
          random.nextBoolean() ? namespace().newUniqueId() : namespace().idFromName("n" + i);
      StringBuilder text = new StringBuilder(id.toString());
      for (int j = random.nextInt(3); j > 0; j--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt());
          case 1 -> text.setCharAt(at, "0123456789abcdefABCDEF".charAt(random.nextInt(22)));
          case 2 -> text.deleteCharAt(at);
          default -> text.insert(at, text.substring(at));
        }
      }
      String note = "seed %d, round %d: %s".formatted(seed, i, text);
      boolean genuine = text.toString().equalsIgnoreCase(id.toString());
      try {
        assertThat(namespace().idFromString(text.toString())).as(note).isEqualTo(id);
        assertThat(genuine).as(note).isTrue();
      } catch (IllegalArgumentException e) {
        assertThat(genuine).as(note).isFalse();
      }
    }
  }
}
