// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Compiles an app that has just {@code src/}, and libraries in {@code lib/*.jar}, into a folder
 * below {@code .holdfast/classes}. A failed build changes nothing.
 */
final class SourceBuild implements AppBuild {
  private final AppFolder app;
  private final ClassFolders folders;
  private boolean prepared;

  SourceBuild(AppFolder app) {
    this.app = app;
    this.folders = new ClassFolders(app.work().resolve("classes"));
  }

  @Override
  public synchronized List<Path> run(PrintWriter progress) {
    JavaSources sources = new JavaSources(app, app.libraries());
    String name = inputs().fingerprint();
    Path classes;
    if (folders.has(name)) {
      classes = folders.use(name);
    } else {
      progress.println("compiling " + app.source());
      progress.flush();
      classes =
          folders.make(() -> inputs().fingerprint(), target -> sources.compile(target, progress));
    }
    List<Path> classPath = new ArrayList<>(List.of(classes));
    classPath.addAll(sources.libraries());
    return classPath;
  }

  @Override
  public BuildInputs inputs() {
    List<Path> roots = new ArrayList<>(app.libraries());
    roots.add(app.source());
    roots.addAll(JavaSources.api());
    return BuildInputs.below(roots, file -> !isTest(file));
  }

  @Override
  public synchronized void keep(Collection<Path> classPath) {
    folders.keep(classPath);
  }

  /** The compiler is slow the first time in a process, and quick then. */
  @Override
  public synchronized void prepare() {
    if (!prepared) {
      prepared = true;
      JavaSources sources = new JavaSources(app, app.libraries());
      PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
      boolean _ = folders.rehearse(target -> sources.compile(target, nowhere), _ -> true);
    }
  }

  private boolean isTest(Path file) {
    return file.startsWith(app.source().resolve("test"));
  }
}
