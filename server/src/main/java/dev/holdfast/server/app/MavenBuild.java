// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compiles an app through Maven, and lets Maven say what its runtime class path is.
 *
 * <p>Maven runs where the app's modules are all known: in the nearest folder upwards that has
 * {@code .mvn}, as Maven itself sees it, else in the app's own. Tests and checks are skipped.
 */
final class MavenBuild implements AppBuild {
  private static final Pattern MODULE =
      Pattern.compile("\\[INFO] Building (?!jar)(.+?) \\S+(?: +\\[\\d+/\\d+])?");
  private static final Pattern WARNING = Pattern.compile("^\\[WARNING] \\S+\\.java:\\[");
  private static final Path MAIN = Path.of("src", "main");
  private static final String CLASS_PATH = "holdfast.classpath";

  private final AppFolder app;
  private final Path folder;
  private final Path reactor;
  private final ClassFolders folders;

  /** What is between Maven's builds; null if that is not known to give what Maven gives. */
  private @Nullable Shortcut shortcut;

  MavenBuild(AppFolder app) {
    this.app = app;
    this.folder = app.root().toAbsolutePath().normalize();
    this.reactor = reactor(folder);
    this.folders = new ClassFolders(app.work().resolve("classes"));
  }

  @Override
  public synchronized List<Path> run(PrintWriter progress) {
    BuildInputs inputs = inputs();
    Shortcut quick = shortcut;
    return quick == null || inputs.match(record()) || !quick.leadsTo(inputs)
        ? throughMaven(inputs, progress)
        : throughShortcut(quick, inputs, progress);
  }

  private List<Path> throughMaven(BuildInputs inputs, PrintWriter progress) {
    if (!Files.isDirectory(classes()) || !Files.exists(libraries()) || !inputs.match(record())) {
      progress.println("building " + app.root() + " with Maven");
      progress.flush();
      shortcut = null;
      outdate(inputs.changesSince(record()));
      maven(progress);
      inputs.write(record());
    }
    return copied(inputs);
  }

  /**
   * Makes Maven build what changed. By itself it takes for built what is older than its class: so
   * also a source that was saved while the compiler ran, or put back with an older time.
   */
  private void outdate(List<Path> changes) {
    Set<Path> built =
        changes.stream()
            .map(this::module)
            .map(module -> module.resolve("target").resolve("classes"))
            .filter(Files::isDirectory)
            .collect(Collectors.toSet());
    for (Path classes : built) {
      try {
        for (Path file : new FileTree(classes).files()) {
          Files.setLastModifiedTime(classes.resolve(file), FileTime.fromMillis(0));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot mark as old what is in " + classes, e);
      }
    }
  }

  /** The folder of the module that a file belongs to. */
  private Path module(Path file) {
    for (Path at = file.getParent(); at != null && at.startsWith(reactor); at = at.getParent()) {
      if (Files.exists(at.resolve("pom.xml"))) {
        return at;
      }
    }
    return reactor;
  }

  /**
   * Compiles without Maven. Maven has the last word on what does not compile: it may know of
   * processors or options that the sources need by now.
   */
  private List<Path> throughShortcut(Shortcut quick, BuildInputs inputs, PrintWriter progress) {
    List<Path> classPath = new ArrayList<>(copied(quick.from()));
    String name = inputs.fingerprint();
    if (folders.has(name)) {
      classPath.set(0, folders.use(name));
      return classPath;
    }
    progress.println("compiling " + app.source());
    progress.flush();
    try {
      Path classes =
          folders.make(
              () -> inputs().fingerprint(), target -> quick.sources().compile(target, progress));
      classPath.set(0, classes);
      return classPath;
    } catch (AppException mistake) {
      StringWriter ofMaven = new StringWriter();
      try {
        List<Path> built = throughMaven(inputs(), new PrintWriter(ofMaven));
        progress.print(ofMaven);
        return built;
      } catch (AppException _) {
        shortcut = quick; // Maven says the same of it, in other words
        throw mistake;
      }
    }
  }

  /**
   * What Maven has built, where nobody changes it while code runs from it: Maven builds into the
   * same folders each time.
   */
  private List<Path> copied(BuildInputs inputs) {
    String name = inputs.fingerprint() + "-maven";
    List<Path> built = mavens();
    Path copy =
        folders.has(name)
            ? folders.use(name)
            : folders.make(
                () -> name,
                target -> {
                  for (int i = 0; i < built.size(); i++) {
                    if (Files.isDirectory(built.get(i))) {
                      new FileTree(built.get(i))
                          .copyTo(target.resolve(String.valueOf(i)), _ -> true);
                    }
                  }
                });
    List<Path> classPath = new ArrayList<>();
    for (int i = 0; i < built.size(); i++) {
      Path folder = copy.resolve(String.valueOf(i));
      classPath.add(Files.isDirectory(folder) ? folder : built.get(i));
    }
    return classPath;
  }

  @Override
  public BuildInputs inputs() {
    return BuildInputs.below(List.of(reactor), this::isInput);
  }

  @Override
  public synchronized void keep(Collection<Path> classPath) {
    folders.keep(classPath);
  }

  /**
   * Compiles without Maven what Maven has just built. Where that gives the same files, it will do
   * so for changed sources; where a plugin makes or changes some, only Maven can tell.
   */
  @Override
  public synchronized void prepare() {
    BuildInputs inputs = inputs();
    if (shortcut != null || !inputs.match(record())) {
      return;
    }
    List<Path> built = mavens();
    JavaSources sources = new JavaSources(new AppFolder(folder), built.subList(1, built.size()));
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    if (folders.rehearse(target -> sources.compile(target, nowhere), this::equalsMavens)) {
      shortcut = new Shortcut(sources, inputs);
    }
  }

  /** Whether the same classes are there, and the same of everything else, byte by byte. */
  private boolean equalsMavens(Path compiled) {
    try {
      List<Path> files = new FileTree(compiled).files();
      if (!files.equals(new FileTree(classes()).files())) {
        return false;
      }
      for (Path file : files) {
        if (!file.toString().endsWith(".class")
            && Files.mismatch(compiled.resolve(file), classes().resolve(file)) >= 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compare " + compiled + " with " + classes(), e);
    }
  }

  private Path classes() {
    return folder.resolve("target").resolve("classes");
  }

  /** Where Maven writes down the libraries. */
  private Path libraries() {
    return folder.resolve("target").resolve(CLASS_PATH);
  }

  private Path record() {
    return app.work().resolve("maven.inputs");
  }

  /** The class path as Maven made it. */
  private List<Path> mavens() {
    List<Path> entries = new ArrayList<>(List.of(classes()));
    try {
      Stream.of(Files.readString(libraries()).strip().split(File.pathSeparator))
          .filter(entry -> !entry.isEmpty())
          .map(Path::of)
          .forEach(entries::add);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + libraries(), e);
    }
    return entries;
  }

  private void maven(PrintWriter progress) {
    List<String> command = new ArrayList<>();
    Path wrapper = reactor.resolve("mvnw");
    command.add(Files.isExecutable(wrapper) ? wrapper.toString() : "mvn");
    command.addAll(
        List.of(
            "--batch-mode",
            "--no-transfer-progress",
            "-Dstyle.color=never",
            "--file",
            reactor.resolve("pom.xml").toString(),
            "test-compile",
            "dependency:build-classpath",
            "-Dmdep.includeScope=runtime",
            "-Dmdep.outputFile=target/" + CLASS_PATH,
            "-Dmaven.test.skip=true",
            "-Dspotless.check.skip=true"));
    if (!reactor.equals(folder)) {
      command.addAll(List.of("--projects", reactor.relativize(folder).toString(), "--also-make"));
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(reactor.toFile());
    builder.redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try (ChildProcess maven = ChildProcess.start(builder)) {
      try (BufferedReader lines = maven.lines()) {
        show(lines, progress);
      }
      if (maven.await() != 0) {
        throw new AppException("Maven could not build %s; see above".formatted(app.root()));
      }
    } catch (IOException e) {
      throw new AppException(
          "%s has a pom.xml, but Maven does not start: %s; install Apache Maven, or add mvnw"
              .formatted(app.root(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AppException("interrupted while Maven built " + app.root());
    }
  }

  /** Shows which module is built and what went wrong, and leaves out the rest. */
  private static void show(BufferedReader lines, PrintWriter progress) throws IOException {
    boolean over = false; // what follows is how to use Maven, or what the compiler said once more
    boolean within = false; // a message of several lines
    for (String line = lines.readLine(); line != null && !over; line = lines.readLine()) {
      over = line.contains("-> [Help 1]") || line.contains(": Compilation failure");
      boolean begins = line.startsWith("[ERROR]") || WARNING.matcher(line).find();
      within = begins || (within && !line.startsWith("["));
      Matcher module = MODULE.matcher(line);
      if (module.matches()) {
        progress.println("  " + module.group(1));
      } else if (within && !over && !line.contains("COMPILATION ERROR")) {
        progress.println(line);
      }
      progress.flush();
    }
    lines.lines().forEach(_ -> {});
  }

  /** What changes the outcome: sources and poms of every module. */
  private boolean isInput(Path file) {
    if (file.endsWith("pom.xml")) {
      return true;
    }
    Path folder = reactor.relativize(file).getParent();
    while (folder != null && !folder.endsWith(MAIN)) {
      folder = folder.getParent();
    }
    return folder != null;
  }

  private static Path reactor(Path folder) {
    for (Path at = folder; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve(".mvn")) && Files.isRegularFile(at.resolve("pom.xml"))) {
        return at;
      }
    }
    return folder;
  }
}
