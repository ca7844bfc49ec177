// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import dev.holdfast.DurableObject;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/**
 * The sources and resources of an app, and the compiler of the running JDK. Files that are not
 * sources are resources. Immutable.
 *
 * @param app the app's folder
 * @param libraries what the app brings beside the API
 */
record JavaSources(AppFolder app, List<Path> libraries) {
  JavaSources {
    libraries = List.copyOf(libraries);
  }

  /**
   * Compiles the sources and copies the resources.
   *
   * @param messages what the compiler has to say
   * @throws AppException if they do not compile, or there are none
   */
  void compile(Path target, PrintWriter messages) throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : roots()) {
      FileTree tree = new FileTree(root);
      tree.files().stream().filter(JavaSources::isSource).map(root::resolve).forEach(sources::add);
      tree.copyTo(target, file -> !isSource(file));
    }
    if (sources.isEmpty()) {
      throw new AppException("%s has no .java files; write the app there".formatted(app.source()));
    }
    javac(sources, target, messages);
  }

  private void javac(List<Path> sources, Path target, PrintWriter messages) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new AppException(
          "%s is a Java runtime without a compiler; run Holdfast with a JDK"
              .formatted(System.getProperty("java.home")));
    }
    List<Path> classPath = new ArrayList<>(api());
    classPath.addAll(libraries);
    List<String> options =
        List.of(
            "-d",
            target.toString(),
            "-cp",
            classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
            "-parameters",
            "-g");
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      messages.flush();
      if (!compiled) {
        throw new AppException("%s does not compile; see above".formatted(app.source()));
      }
    }
  }

  /** Whether a file is compiled, not copied. */
  static boolean isSource(Path file) {
    return file.toString().endsWith(".java");
  }

  /** Whether a file is compiled or copied here. */
  boolean contain(Path file) {
    return roots().stream().anyMatch(file::startsWith);
  }

  /** Where sources and resources begin: Maven's folders if they are there, else all of src. */
  private List<Path> roots() {
    Path main = app.source().resolve("main");
    List<Path> maven =
        Stream.of(main.resolve("java"), main.resolve("resources"))
            .filter(Files::isDirectory)
            .toList();
    return maven.isEmpty() ? List.of(app.source()) : maven;
  }

  /** What user code compiles against, as this process has it. */
  static List<Path> api() {
    return Stream.of(DurableObject.class, NullMarked.class, Logger.class)
        .map(JavaSources::origin)
        .toList();
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot tell where " + type.getName() + " comes from", e);
    }
  }
}
