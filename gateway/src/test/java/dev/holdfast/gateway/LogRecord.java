// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What the gateway and the libraries below it log while this is open. */
final class LogRecord extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
  private final List<Logger> detailed;

  /**
   * @param detailed whose details are logged too
   */
  LogRecord(Class<?>... detailed) {
    this.detailed =
        Stream.of(detailed).map(each -> (Logger) LoggerFactory.getLogger(each)).toList();
    this.detailed.forEach(each -> each.setLevel(Level.DEBUG));
    setContext(logger.getLoggerContext());
    start();
    logger.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    events.add(event);
  }

  List<ILoggingEvent> events() {
    return events;
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    detailed.forEach(each -> each.setLevel(null));
  }
}
