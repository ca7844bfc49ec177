// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** Every conformance case is either tested in this module or left out for a stated reason. */
final class ConformanceTest {
  private static final String CASES = "conformance-cases.txt";
  private static final String EXCLUSIONS = "conformance-exclusions.txt";
  private static final Pattern ID = Pattern.compile("C-[A-Z]+-[0-9]+");
  private static final Pattern SECTION = Pattern.compile("section [0-9]+: .+");

  /** The reasons for which a case may have no test here. */
  private enum Reason {
    /** It has no meaning in Java. */
    JAVASCRIPT_ONLY,
    /** It is about something that only the network of the reference system has. */
    THAT_NETWORK_ONLY,
    /** The design decides otherwise; the words say in which section. */
    SUPERSEDED,
    NEEDS_ALARMS,
    NEEDS_LISTING,
    NEEDS_TEST_KIT
  }

  private record Exclusion(String id, String reason, String words) {
    static Exclusion parse(String line) {
      String[] parts = line.split("\\|", 3);
      return new Exclusion(part(parts, 0), part(parts, 1), part(parts, 2));
    }

    private static String part(String[] parts, int index) {
      return index < parts.length ? parts[index].strip() : "";
    }

    boolean acceptable() {
      return Arrays.stream(Reason.values()).map(Reason::name).anyMatch(reason::equals)
          && !words.isEmpty()
          && (!reason.equals(Reason.SUPERSEDED.name()) || SECTION.matcher(words).matches());
    }
  }

  private final List<String> cases = lines(CASES);
  private final List<Exclusion> exclusions =
      lines(EXCLUSIONS).stream().map(Exclusion::parse).toList();
  private final Set<String> excluded = ids(exclusions.stream().map(Exclusion::id));
  private final List<AnnotatedElement> annotated = annotated();
  private final Set<String> tested =
      ids(
          annotated.stream()
              .flatMap(element -> Arrays.stream(element.getAnnotation(Conformance.class).value())));

  /** The lines that are neither empty nor a comment. */
  private static List<String> lines(String resource) {
    try (Stream<String> lines = Files.lines(root().resolve(resource))) {
      return lines.map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder of this module's compiled tests and their resources. */
  private static Path root() {
    try {
      return Path.of(
          ConformanceTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The tests, and classes of tests, that name conformance cases. */
  private static List<AnnotatedElement> annotated() {
    Path root = root();
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(root::relativize)
          .map(Path::toString)
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(ConformanceTest::load)
          .flatMap(type -> Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredMethods())))
          .filter(element -> element.isAnnotationPresent(Conformance.class))
          .<AnnotatedElement>map(element -> element)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> load(String file) {
    String name = file.substring(0, file.length() - ".class".length()).replaceAll("[/\\\\]", ".");
    try {
      return Class.forName(name, false, ConformanceTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<String> ids(Stream<String> ids) {
    Set<String> sorted = new TreeSet<>();
    ids.forEach(sorted::add);
    return sorted;
  }

  @Test
  void every_case_has_a_test_or_an_exclusion() {
    assertThat(cases)
        .filteredOn(id -> !tested.contains(id) && !excluded.contains(id))
        .as("cases of %s without a test and not in %s", CASES, EXCLUSIONS)
        .isEmpty();
  }

  @Test
  void no_case_has_a_test_and_an_exclusion() {
    assertThat(excluded)
        .filteredOn(tested::contains)
        .as("cases in %s that have a test", EXCLUSIONS)
        .isEmpty();
  }

  @Test
  void tests_and_exclusions_name_cases_that_there_are() {
    assertThat(cases).isNotEmpty().doesNotHaveDuplicates().allMatch(ID.asMatchPredicate());
    assertThat(tested).as("cases that tests name").isNotEmpty().isSubsetOf(cases);
    assertThat(excluded).as("cases in %s", EXCLUSIONS).isSubsetOf(cases);
    assertThat(exclusions).extracting(Exclusion::id).doesNotHaveDuplicates();
  }

  @Test
  void exclusions_give_one_of_the_reasons_and_say_it_in_words() {
    assertThat(exclusions)
        .as("reasons %s; the words of SUPERSEDED begin with a section", List.of(Reason.values()))
        .filteredOn(exclusion -> !exclusion.acceptable())
        .isEmpty();
  }

  @Test
  void what_names_a_case_is_a_test_or_a_class_of_tests() {
    assertThat(annotated)
        .filteredOn(Method.class::isInstance)
        .allMatch(method -> AnnotationSupport.isAnnotated(method, Testable.class));
  }
}
