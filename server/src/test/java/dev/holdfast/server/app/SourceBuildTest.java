// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceBuildTest {
  @TempDir private Path folder;
  private final StringWriter output = new StringWriter();

  @Test
  void an_app_is_compiled_once_until_it_changes() {
    Folders.write(folder, "src/a/A.java", "package a; class A {}");
    assertThat(build()).hasSize(1);
    assertThat(said()).isEqualTo("compiling " + folder.resolve("src"));

    build();
    assertThat(said()).isEmpty();

    Folders.write(folder, "src/a/B.java", "package a; class B {}");
    build();
    assertThat(said()).startsWith("compiling");
    assertThat(classes().resolve("a/B.class")).exists();
  }

  @Test
  void classes_of_deleted_sources_go() throws IOException {
    Folders.write(folder, "src/A.java", "class A {}");
    Path b = Folders.write(folder, "src/B.java", "class B {}");
    build();
    Files.delete(b);

    build();

    assertThat(classes()).isDirectoryContaining("glob:**/A.class");
    assertThat(classes().resolve("B.class")).doesNotExist();
  }

  @Test
  void mistakes_are_shown_as_the_compiler_prints_them_and_the_last_good_classes_stay() {
    Folders.write(folder, "src/A.java", "class A {}");
    Path good = classes();
    said();
    Path bad = Folders.write(folder, "src/A.java", "class A {\n  int x = \"text\";\n}\n");

    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(this::build)
          .isInstanceOf(AppException.class)
          .hasMessage(folder.resolve("src") + " does not compile; see above");
      assertThat(said())
          .contains(bad + ":2: error: incompatible types: String cannot be converted to int");
    }
    assertThat(good.resolve("A.class")).exists();
  }

  @Test
  void resources_lie_beside_the_classes() {
    Folders.write(folder, "src/a/A.java", "package a; class A {}");
    Folders.write(folder, "src/a/page.html", "<p>");

    assertThat(classes().resolve("a/page.html")).hasContent("<p>");
  }

  @Test
  void the_layout_of_maven_is_understood_without_a_pom() {
    Folders.write(folder, "src/main/java/a/A.java", "package a; class A {}");
    Folders.write(folder, "src/main/resources/page.html", "<p>");
    Folders.write(folder, "src/test/java/a/ATest.java", "not compiled");

    assertThat(classes().resolve("a/A.class")).exists();
    assertThat(classes().resolve("page.html")).exists();
  }

  @Test
  void libraries_of_the_app_are_on_its_class_path() throws IOException {
    Path library = folder.resolve("other");
    Folders.write(library, "src/lib/Lib.java", "package lib; public class Lib {}");
    Path compiled = new SourceBuild(new AppFolder(library)).run(new PrintWriter(output)).getFirst();
    Path jar = Files.createDirectories(folder.resolve("app/lib")).resolve("lib.jar");
    ToolProvider.findFirst("jar")
        .orElseThrow()
        .run(
            new PrintWriter(output),
            new PrintWriter(output),
            "--create",
            "--file=" + jar,
            "-C",
            compiled.toString(),
            ".");
    Folders.write(folder.resolve("app"), "src/A.java", "class A extends lib.Lib {}");

    AppFolder app = new AppFolder(folder.resolve("app"));

    assertThat(new SourceBuild(app).run(new PrintWriter(output))).hasSize(2).endsWith(jar);
  }

  @Test
  void a_folder_without_sources_says_where_to_write_them() throws IOException {
    Files.createDirectories(folder.resolve("src"));

    assertThatThrownBy(this::build)
        .hasMessage(folder.resolve("src") + " has no .java files; write the app there");
  }

  @Test
  void a_folder_with_neither_pom_nor_sources_says_what_is_missing() {
    assertThatThrownBy(() -> AppBuild.of(new AppFolder(folder)))
        .isInstanceOf(AppException.class)
        .hasMessage(
            folder
                + " has neither a pom.xml nor a src/ folder, so there is nothing to build; add"
                + " one");
  }

  @Test
  void what_is_built_is_hidden_from_git() {
    Folders.write(folder, "src/A.java", "class A {}");

    build();

    assertThat(folder.resolve(".holdfast/.gitignore")).hasContent("*");
  }

  @Test
  void classes_that_were_handed_out_stay_as_they_are_while_new_ones_are_made() {
    Folders.write(folder, "src/A.java", "class A {}");
    AppBuild build = AppBuild.of(new AppFolder(folder));
    Path first = build.run(new PrintWriter(output)).getFirst();
    Folders.write(folder, "src/A.java", "class A { void more() {} }");

    Path second = build.run(new PrintWriter(output)).getFirst();

    assertThat(second).isNotEqualTo(first).isDirectoryContaining("glob:**/A.class");
    assertThat(first).isDirectoryContaining("glob:**/A.class");
    for (int change = 1; change <= 3; change++) {
      Folders.write(folder, "src/A.java", "class A { int x" + "x".repeat(change) + "; }");
      build.run(new PrintWriter(output));
    }
    assertThat(first).as("nobody uses it any more").doesNotExist();
  }

  @Test
  void getting_ready_changes_nothing_and_says_nothing_also_where_the_sources_are_wrong() {
    Folders.write(folder, "src/A.java", "class A {}");
    AppBuild build = AppBuild.of(new AppFolder(folder));
    Path classes = build.run(new PrintWriter(output)).getFirst();
    said();

    build.prepare();
    Folders.write(folder, "src/A.java", "class {");
    build.prepare();

    assertThat(said()).isEmpty();
    assertThat(folder.resolve(".holdfast/classes"))
        .isDirectoryNotContaining(path -> !path.equals(classes));
  }

  @Test
  void a_folder_that_is_a_link_is_what_it_leads_to() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Folders.write(elsewhere, "a/A.java", "package a; class A {}");
    Files.createSymbolicLink(folder.resolve("src"), elsewhere);

    assertThat(classes().resolve("a/A.class")).exists();

    Folders.write(elsewhere, "a/B.java", "package a; class B {}");
    assertThat(classes().resolve("a/B.class")).exists();
  }

  /** Builds, and tells where the classes are. */
  private Path classes() {
    return build().getFirst();
  }

  private List<Path> build() {
    return AppBuild.of(new AppFolder(folder)).run(new PrintWriter(output));
  }

  /** What was said since the last time. */
  private String said() {
    String said = output.toString().strip();
    output.getBuffer().setLength(0);
    return said;
  }
}
