// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.app;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles an app that has just {@code src/}, and libraries in {@code lib/*.jar}, into a folder
 * below {@code .holdfast/classes}. A failed build changes nothing.
 */
final class SourceBuild implements AppBuild {
  private final AppFolder app;
  private final ClassFolders folders;

  SourceBuild(AppFolder app) {
    this.app = app;
    this.folders = new ClassFolders(app.work().resolve("classes"));
  }

  @Override
  public synchronized List<Path> run(PrintWriter progress) {
    JavaSources sources = new JavaSources(app, app.libraries());
    BuildInputs inputs = inputs();
    Path classes;
    if (folders.has(inputs)) {
      classes = folders.use(inputs);
    } else {
      progress.println("compiling " + app.source());
      progress.flush();
      classes = folders.make(inputs, target -> sources.compile(target, progress));
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

  /** The compiler is slow the first time. */
  @Override
  public synchronized void prepare() {
    JavaSources sources = new JavaSources(app, app.libraries());
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    folders.rehearse(target -> sources.compile(target, nowhere), _ -> true);
  }

  private boolean isTest(Path file) {
    return file.startsWith(app.source().resolve("test"));
  }
}
