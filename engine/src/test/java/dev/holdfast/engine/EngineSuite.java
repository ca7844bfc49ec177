// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests of an engine, run with calls of workers on the worker's own thread and without. After each
 * test nothing may be left behind.
 */
@ParameterizedClass(name = "inlining {0}")
@ValueSource(booleans = {true, false})
public abstract class EngineSuite {
  @Parameter boolean inlining;

  protected TestEngine test;

  @BeforeEach
  void start() {
    test = new TestEngine(options(EngineOptions.defaults().withInlining(inlining)));
  }

  /** The options to run with. */
  protected EngineOptions options(EngineOptions defaults) {
    return defaults;
  }

  @AfterEach
  void stop() {
    test.close();
  }
}
