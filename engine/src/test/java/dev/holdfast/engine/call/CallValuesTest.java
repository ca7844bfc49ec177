// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.DurableObject;
import dev.holdfast.ObjectContext;
import dev.holdfast.engine.ObjectClass;
import dev.holdfast.store.memory.Faults.CommitFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What passes between caller and object: copies, except of what cannot change. */
final class CallValuesTest {
  record Note(String text, List<String> tags) {}

  record Point(long x, long y) {}

  sealed interface Shape permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  public interface Keeper {
    void keep(List<String> texts);

    void keepBytes(byte[] bytes);

    void keepNote(Note note);

    List<String> kept();

    byte[] keptBytes();

    Note keptNote();

    void addToKept(String text);

    boolean isSame(String text, Point point);

    Point point();

    Map<String, List<Shape>> shapes(Map<String, List<Shape>> shapes);

    Optional<String> optional(Optional<String> text);

    @Nullable String echo(@Nullable String text);

    @Nullable Long boxed(@Nullable Long number);

    void nothing();

    CompletionStage<List<String>> keptLater();

    CompletableFuture<@Nullable String> laterNull();

    int stored();

    int storesAndGivesBad();

    CompletionStage<Integer> consume(List<String> texts, byte[] bytes);
  }

  private static final class KeeperObject extends DurableObject implements Keeper {
    private final Point origin = new Point(0, 0);
    private List<String> texts = new ArrayList<>();
    private byte[] bytes = {};
    private Note note = new Note("", List.of());
    private @Nullable Object last;

    KeeperObject(ObjectContext ctx) {
      super(ctx);
    }

    @Override
    public void keep(List<String> newTexts) {
      texts = newTexts;
    }

    @Override
    public void keepBytes(byte[] newBytes) {
      bytes = newBytes;
    }

    @Override
    public void keepNote(Note newNote) {
      note = newNote;
    }

    @Override
    public List<String> kept() {
      return texts;
    }

    @Override
    public byte[] keptBytes() {
      return bytes;
    }

    @Override
    public Note keptNote() {
      return note;
    }

    @Override
    public void addToKept(String text) {
      texts = new ArrayList<>(texts);
      texts.add(text);
    }

    @Override
    public boolean isSame(String text, Point point) {
      boolean same = last == point;
      last = point;
      return same;
    }

    @Override
    public Point point() {
      return origin;
    }

    @Override
    public Map<String, List<Shape>> shapes(Map<String, List<Shape>> shapes) {
      return shapes;
    }

    @Override
    public Optional<String> optional(Optional<String> text) {
      return text;
    }

    @Override
    public @Nullable String echo(@Nullable String text) {
      return text;
    }

    @Override
    public @Nullable Long boxed(@Nullable Long number) {
      return number;
    }

    @Override
    public void nothing() {}

    @Override
    public CompletionStage<List<String>> keptLater() {
      return CompletableFuture.completedFuture(texts);
    }

    @Override
    public CompletableFuture<@Nullable String> laterNull() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public int stored() {
      return storage().get("n", Integer.class).orElse(0);
    }

    @Override
    public int storesAndGivesBad() {
      storage().put("n", 1);
      return Math.toIntExact(1L << 40);
    }

    @Override
    public CompletionStage<Integer> consume(List<String> more, byte[] moreBytes) {
      int found = 10 * more.size() + moreBytes[0];
      more.clear();
      moreBytes[0] = 0;
      storage().put("n", found);
      return CompletableFuture.completedFuture(found);
    }
  }

  private final Node node = new Node(new ObjectClass<>("Keeper", Keeper.class, KeeperObject::new));
  private final Keeper keeper = node.object(Keeper.class, "a");

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void parameters_are_copied_when_the_call_is_made() {
    List<String> texts = new ArrayList<>(List.of("a"));
    byte[] bytes = {1};
    Note note = new Note("n", new ArrayList<>(List.of("t")));
    keeper.keep(texts);
    keeper.keepBytes(bytes);
    keeper.keepNote(note);
    texts.add("later");
    bytes[0] = 2;
    note.tags().add("later");

    assertThat(keeper.kept()).containsExactly("a");
    assertThat(keeper.keptBytes()).containsExactly(1);
    assertThat(keeper.keptNote()).isEqualTo(new Note("n", List.of("t")));
  }

  @Test
  void results_are_copied_when_they_are_given() {
    keeper.addToKept("a");
    keeper.keepBytes(new byte[] {1});
    keeper.keepNote(new Note("n", List.of("t")));
    List<String> texts = keeper.kept();
    Arrays.fill(keeper.keptBytes(), (byte) 9);
    assertThat(keeper.keptNote()).isNotSameAs(keeper.keptNote());
    assertThat(keeper.keptLater().toCompletableFuture().join()).isNotSameAs(texts);
    keeper.addToKept("b");

    assertThat(texts).containsExactly("a");
    assertThat(keeper.keptBytes()).containsExactly(1);
  }

  @Test
  void what_cannot_change_is_not_copied() {
    Point point = new Point(1, 2);
    String text = "te".concat("xt");

    assertThat(keeper.isSame(text, point)).isFalse();
    assertThat(keeper.isSame(text, point)).isTrue();
    assertThat(keeper.point()).isSameAs(keeper.point());
    assertThat(keeper.echo(text)).isSameAs(text);
  }

  @Test
  void nested_generic_and_sealed_types_come_back_equal() {
    Map<String, List<Shape>> shapes =
        Map.of("a", List.of(new Circle(1), new Square(2)), "b", List.of());

    assertThat(keeper.shapes(shapes)).isEqualTo(shapes);
    assertThat(keeper.optional(Optional.of("x"))).contains("x");
    assertThat(keeper.optional(Optional.empty())).isEmpty();
  }

  @Test
  void null_passes_both_ways() {
    assertThat(keeper.echo(null)).isNull();
    assertThat(keeper.boxed(null)).isNull();
    assertThat(keeper.boxed(5L)).isEqualTo(5);
    assertThat(keeper.laterNull().join()).isNull();
    keeper.nothing();
  }

  /** The compiler lets it through, unchecked. */
  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void a_parameter_that_is_not_what_it_was_declared_as_is_refused_before_it_reaches_the_object() {
    List<String> liar = (List) List.of(1L);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> keeper.keep(liar))
        .withMessageStartingWith("Keeper/a: parameter 1 of keep: ");
    assertThat(keeper.kept()).isEmpty();
  }

  @Test
  void a_second_attempt_does_not_see_what_the_first_did_to_its_parameters() {
    node.store().faults().failNextCommit(CommitFault.REFUSED);
    CompletableFuture<Integer> found =
        keeper.consume(new ArrayList<>(List.of("a", "b")), new byte[] {7}).toCompletableFuture();
    await()
        .until(
            () -> {
              node.clock.advance(Duration.ofMillis(20));
              return found.isDone();
            });

    assertThat(found).isCompletedWithValue(27);
    assertThat(keeper.stored()).isEqualTo(27);
  }

  @Test
  void what_was_written_before_an_exception_is_kept() {
    assertThatThrownBy(keeper::storesAndGivesBad).isInstanceOf(ArithmeticException.class);
    node.restart();

    assertThat(node.object(Keeper.class, "a").stored()).isEqualTo(1);
  }
}
