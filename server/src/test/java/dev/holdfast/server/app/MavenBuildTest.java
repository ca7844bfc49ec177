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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a script in Maven's place, which notes how it was called. */
class MavenBuildTest {
  @TempDir private Path folder;
  private final StringWriter output = new StringWriter();
  private Path app = Path.of("");

  @BeforeEach
  void write_an_app_in_a_reactor() throws IOException {
    folder = folder.toRealPath();
    app = folder.resolve("apps/shop");
    Files.createDirectories(folder.resolve(".mvn"));
    Folders.write(folder, "pom.xml", "<project/>");
    Folders.write(app, "pom.xml", "<project/>");
    Folders.write(app, "src/main/java/A.java", "class A {}");
    maven(
        """
        #!/bin/sh
        printf '%s\\n' "$@" > called
        echo "[INFO] Scanning for projects..."
        echo "[INFO] Building Shop 1.0-SNAPSHOT                     [2/2]"
        mkdir -p apps/shop/target/classes
        printf '/repo/a.jar:/repo/b.jar' > apps/shop/target/holdfast.classpath
        """);
  }

  @Test
  void maven_builds_the_module_in_its_reactor_and_names_the_class_path() throws IOException {
    List<Path> classPath = build();

    assertThat(classPath).hasSize(3).endsWith(Path.of("/repo/a.jar"), Path.of("/repo/b.jar"));
    assertThat(classPath.getFirst()).as("a copy").startsWith(app.resolve(".holdfast")).exists();

    assertThat(said()).isEqualTo("building %s with Maven\n  Shop".formatted(app));
    assertThat(Files.readAllLines(folder.resolve("called")))
        .containsSequence("--projects", "apps/shop", "--also-make")
        .contains("-Dmaven.test.skip=true");
  }

  @Test
  void maven_is_not_called_while_nothing_changed() throws IOException {
    build();
    said();
    Files.delete(folder.resolve("called"));

    build();
    assertThat(said()).isEmpty();
    assertThat(folder.resolve("called")).doesNotExist();

    Folders.write(folder, "lib/src/main/java/B.java", "class B {}");
    build();
    assertThat(said()).startsWith("building");
  }

  @Test
  void what_maven_calls_an_error_is_shown() throws IOException {
    maven(
        """
        #!/bin/sh
        echo "[ERROR] A.java:[1,10] ';' expected"
        echo "[ERROR] -> [Help 1]"
        echo "[ERROR] To see the full stack trace of the errors, re-run Maven with -e"
        exit 1
        """);

    assertThatThrownBy(this::build)
        .isInstanceOf(AppException.class)
        .hasMessage("Maven could not build %s; see above".formatted(app));
    assertThat(said())
        .isEqualTo("building %s with Maven\n[ERROR] A.java:[1,10] ';' expected".formatted(app));
  }

  @Test
  void what_the_compiler_says_is_shown_whole_and_once() throws IOException {
    maven(
        """
        #!/bin/sh
        cat <<'END'
        [INFO] Building Shop 1.0-SNAPSHOT                     [2/2]
        [WARNING] 'dependencies.dependency' is odd
        [WARNING] /app/A.java:[2,1] deprecated
        [INFO] -------------------------------------------------------------
        [ERROR] COMPILATION ERROR :
        [INFO] -------------------------------------------------------------
        [ERROR] /app/A.java:[35,20] cannot find symbol
          symbol:   method txt(long)
          location: class Response
        [INFO] 1 error
        and more
        [ERROR] Failed to execute goal plugin:compile on project shop: Compilation failure
        [ERROR] /app/A.java:[35,20] cannot find symbol
        [ERROR]   symbol:   method txt(long)
        [ERROR] -> [Help 1]
        END
        exit 1
        """);

    assertThatThrownBy(this::build).isInstanceOf(AppException.class);

    assertThat(said().lines().skip(1))
        .containsExactly(
            "  Shop",
            "[WARNING] /app/A.java:[2,1] deprecated",
            "[ERROR] /app/A.java:[35,20] cannot find symbol",
            "  symbol:   method txt(long)",
            "  location: class Response");
  }

  /** A Maven that compiles the app and does {@code more}. */
  private void compilingMaven(String more) throws IOException {
    maven(
        """
        #!/bin/sh
        echo "$@" >> called
        mkdir -p apps/shop/target/classes
        "$JAVA_HOME/bin/javac" -d apps/shop/target/classes apps/shop/src/main/java/*.java || exit 1
        cp apps/shop/src/main/resources/* apps/shop/target/classes
        printf '' > apps/shop/target/holdfast.classpath
        %s
        """
            .formatted(more));
    Folders.write(app, "src/main/resources/page.html", "<p>");
  }

  /** Builds, gets ready, changes a source, and builds again. */
  private Path changed(AppBuild build) {
    build.run(new PrintWriter(output));
    build.prepare();
    said();
    Folders.write(app, "src/main/java/A.java", "class A { int changed; }");
    return build.run(new PrintWriter(output)).getFirst();
  }

  private long callsOfMaven() throws IOException {
    return Files.readAllLines(folder.resolve("called")).size();
  }

  @Test
  void once_ready_changed_sources_are_compiled_without_maven() throws IOException {
    compilingMaven("");
    AppBuild build = AppBuild.of(new AppFolder(app));

    Path classes = changed(build);

    assertThat(callsOfMaven()).isEqualTo(1);
    assertThat(said()).isEqualTo("compiling " + app.resolve("src"));
    assertThat(classes).isDirectoryContaining("glob:**/A.class");
    assertThat(classes.resolve("page.html")).hasContent("<p>");
    assertThat(classes).isNotEqualTo(app.resolve("target/classes"));
    assertThat(build.run(new PrintWriter(output)).getFirst()).isEqualTo(classes);
    assertThat(said()).isEmpty();
  }

  @Test
  void a_mistake_in_changed_sources_is_shown_as_the_compiler_prints_it() throws IOException {
    compilingMaven("");
    AppBuild build = AppBuild.of(new AppFolder(app));
    changed(build);
    said();
    Path bad = Folders.write(app, "src/main/java/A.java", "class A { int x = \"\"; }");

    assertThatThrownBy(() -> build.run(new PrintWriter(output)))
        .hasMessage(app.resolve("src") + " does not compile; see above");

    assertThat(said())
        .as("in the words of one of them")
        .containsOnlyOnce("error: incompatible types")
        .contains(bad + ":1: error");
    assertThat(callsOfMaven()).as("it has the last word").isEqualTo(2);
    Folders.write(app, "src/main/java/A.java", "class A { int mended; }");
    build.run(new PrintWriter(output));
    assertThat(callsOfMaven()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo '<b>' > apps/shop/target/classes/page.html # filtered",
        "touch apps/shop/target/classes/Generated.class # generated",
        "rm apps/shop/target/classes/page.html # left out"
      })
  void where_maven_does_more_than_compile_it_builds_every_change(String more) throws IOException {
    compilingMaven(more);

    AppBuild build = AppBuild.of(new AppFolder(app));
    Path first = build.run(new PrintWriter(output)).getFirst();

    Path second = changed(build);

    assertThat(callsOfMaven()).isEqualTo(2);
    assertThat(second).isNotEqualTo(first).isDirectoryContaining("glob:**/A.class");
    assertThat(first).as("code may run from it").isDirectoryContaining("glob:**/A.class");
  }

  @Test
  void what_the_compiler_alone_cannot_build_is_built_with_maven() throws IOException {
    compilingMaven("");
    AppBuild build = AppBuild.of(new AppFolder(app));
    changed(build);
    String options =
        "-J-Dx=y --enable-preview --release $(echo %d)".formatted(Runtime.version().feature());
    Path wrapper = folder.resolve("mvnw");
    Files.writeString(wrapper, Files.readString(wrapper).replace("javac\"", "javac\" " + options));
    String preview = "class A { Object o(Object p) { return p instanceof int i ? i : 0; } }";
    Folders.write(app, "src/main/java/A.java", preview);

    Path classes = build.run(new PrintWriter(output)).getFirst();

    assertThat(callsOfMaven()).isEqualTo(2);
    assertThat(classes).isDirectoryContaining("glob:**/A.class");
  }

  @Test
  void a_resource_that_maven_may_fill_in_is_built_with_maven() throws IOException {
    compilingMaven("");
    AppBuild build = AppBuild.of(new AppFolder(app));
    changed(build);
    Folders.write(app, "src/main/resources/page.html", "<p>${project.version}");

    build.run(new PrintWriter(output));

    assertThat(callsOfMaven()).isEqualTo(2);
  }

  @Test
  void modules_beside_the_app_are_copied_too() throws IOException {
    maven(
        """
        #!/bin/sh
        mkdir -p apps/shop/target/classes lib/target/classes
        echo 1 > lib/target/classes/version
        printf "$PWD/lib/target/classes:/repo/a.jar" > apps/shop/target/holdfast.classpath
        """);

    List<Path> classPath = build();

    Folders.write(folder, "lib/target/classes/version", "2");
    assertThat(classPath.get(1).resolve("version")).hasContent("1");
    assertThat(classPath.get(2)).isEqualTo(Path.of("/repo/a.jar"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pom.xml", "apps/shop/pom.xml", "lib/src/main/java/B.java"})
  void what_is_not_a_source_of_the_app_is_built_with_maven(String file) throws IOException {
    compilingMaven("");
    AppBuild build = AppBuild.of(new AppFolder(app));
    build.run(new PrintWriter(output));
    build.prepare();
    Folders.write(folder, file, "<project><!-- changed --></project>");

    build.run(new PrintWriter(output));

    assertThat(callsOfMaven()).isEqualTo(2);
  }

  @Test
  void what_is_below_a_path_that_looks_like_sources_is_no_source() throws IOException {
    Path root = folder.resolve("src/maintenance");
    Files.createDirectories(root.resolve(".mvn"));
    Folders.write(root, "pom.xml", "<project/>");
    Path source = Folders.write(root, "src/main/java/A.java", "class A {}");
    Folders.write(root, "README.md", "no input");
    Folders.write(root, "src/mainframe/A.java", "no input");

    assertThat(AppBuild.of(new AppFolder(root)).inputs().files().keySet())
        .containsExactlyInAnyOrder(root.resolve("pom.xml"), source);
  }

  @Test
  void a_save_while_maven_builds_is_built_the_next_time_also_where_its_classes_are_newer()
      throws IOException {
    Path saved = Folders.write(folder, "saved", "class A { int saved; }");
    // Like Maven's compiler plugin it compiles only what is newer than its class; here the source
    // is saved between the moment when it is read and that when its class is written.
    maven(
        """
        #!/bin/sh
        cd apps/shop
        classes=target/classes
        mkdir -p $classes
        if [ ! -f $classes/A.class ] || [ src/main/java/A.java -nt $classes/A.class ]; then
          "$JAVA_HOME/bin/javac" -d $classes src/main/java/A.java || exit 1
          if [ -f %1$s ]; then mv %1$s src/main/java/A.java; fi
          touch -r src/main/java/A.java $classes/A.class
        fi
        touch $classes/Generated.class
        printf '' > target/holdfast.classpath
        """
            .formatted(saved));
    AppBuild build = AppBuild.of(new AppFolder(app));
    Path first = build.run(new PrintWriter(output)).getFirst();

    Path second = build.run(new PrintWriter(output)).getFirst();

    assertThat(first.resolve("A.class").toFile().length())
        .isLessThan(second.resolve("A.class").toFile().length());
  }

  private List<Path> build() {
    return AppBuild.of(new AppFolder(app)).run(new PrintWriter(output));
  }

  private void maven(String script) throws IOException {
    Path wrapper = Folders.write(folder, "mvnw", script);
    assertThat(wrapper.toFile().setExecutable(true)).isTrue();
  }

  private String said() {
    String said = output.toString().strip();
    output.getBuffer().setLength(0);
    return said;
  }
}
