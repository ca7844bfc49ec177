// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;

/**
 * The log of the command: one line per event on standard error, with the object's name where there
 * is one. Found by Logback, and silent unless the command asked for it, so that programs which
 * embed Holdfast keep their own. In code and not in XML because that costs a start less.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfiguration extends ContextAwareBase implements Configurator {
  private static final String WANTED = "holdfast.log";
  private static final String OTHER = "logback.configurationFile";

  /** Line breaks in messages, before and in stack traces are folded: an event is a line. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %replace(%X{object}){'(.+)', '[$1] '}"
          + "%replace(%msg){'\\R', ' | '}%replace(%ex){'^(?=.)|\\R\\s*', ' | '}%nopex%n";

  /** Asks for this log; call it before the first logger is made. */
  static void use() {
    System.setProperty(WANTED, "stderr");
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(WANTED) == null || System.getProperty(OTHER) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
