// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import dev.holdfast.DurableObject;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Compiles {@code src/} in this process, against the API and the app's {@code lib/*.jar}, into
 * {@code .holdfast/classes}. Files that are not sources are resources.
 *
 * <p>Everything is compiled into a new folder that then takes the place of the old one, so that
 * classes of deleted sources go and a failed build destroys nothing.
 */
final class SourceBuild implements AppBuild {
  private final AppFolder app;

  SourceBuild(AppFolder app) {
    this.app = app;
  }

  @Override
  public List<Path> run(PrintWriter progress) {
    Path classes = app.work().resolve("classes");
    Path record = app.work().resolve("classes.inputs");
    List<Path> libraries = app.libraries();
    List<Path> roots = new ArrayList<>(libraries);
    roots.add(app.source());
    roots.addAll(api());
    BuildInputs inputs = BuildInputs.below(roots, file -> !isTest(file));
    if (!Files.isDirectory(classes) || !inputs.match(record)) {
      progress.println("compiling " + app.source());
      progress.flush();
      compile(classes, libraries, progress);
      inputs.write(record);
    }
    List<Path> classPath = new ArrayList<>(List.of(classes));
    classPath.addAll(libraries);
    return classPath;
  }

  private void compile(Path classes, List<Path> libraries, PrintWriter progress) {
    Path fresh = classes.resolveSibling("classes.new");
    try {
      delete(fresh);
      Files.createDirectories(fresh);
      List<Path> sources = new ArrayList<>();
      for (Path root : roots()) {
        for (Path file : files(root)) {
          if (file.toString().endsWith(".java")) {
            sources.add(file);
          } else {
            Path copy = fresh.resolve(root.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
          }
        }
      }
      if (sources.isEmpty()) {
        throw new AppException(
            "%s has no .java files; write the app there".formatted(app.source()));
      }
      javac(sources, fresh, libraries, progress);
      delete(classes);
      Files.move(fresh, classes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot build " + app.root(), e);
    }
  }

  private void javac(List<Path> sources, Path target, List<Path> libraries, PrintWriter progress)
      throws IOException {
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
                  progress, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      progress.flush();
      if (!compiled) {
        throw new AppException("%s does not compile; see above".formatted(app.source()));
      }
    }
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

  private boolean isTest(Path file) {
    return file.startsWith(app.source().resolve("test"));
  }

  /** What user code compiles against, as this process has it. */
  private static List<Path> api() {
    return Stream.of(DurableObject.class, NullMarked.class, Logger.class)
        .map(SourceBuild::origin)
        .toList();
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot tell where " + type.getName() + " comes from", e);
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
