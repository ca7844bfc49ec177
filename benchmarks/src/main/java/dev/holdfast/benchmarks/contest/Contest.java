// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Servers that do the same work. All run until the contest is closed, but only one is driven at a
 * time. Not thread-safe.
 */
public final class Contest<S extends Participant> implements AutoCloseable {
  private final Progress progress;
  private final Turns turns;
  private final List<S> servers = new ArrayList<>();

  /** Starts a server. */
  public interface Start<S> {
    S start(Contender contender) throws IOException, InterruptedException;
  }

  /** Does something with a server. */
  public interface Step<S> {
    void take(S server) throws IOException, InterruptedException;
  }

  public Contest(Progress progress, Turns turns) {
    this.progress = progress;
    this.turns = turns;
  }

  /** Starts and warms up one server after the other. */
  public void enter(Collection<Contender> contenders, Start<S> start, Step<S> warmUp)
      throws IOException, InterruptedException {
    for (Contender contender : contenders) {
      progress.show("starting and warming up " + contender.label);
      S server = start.start(contender);
      servers.add(server);
      warmUp.take(server);
    }
  }

  /** Runs all rounds of one kind of work, and sums up those of each server. */
  public <R extends Turns.Outcome, T> Map<Contender, T> rounds(
      String what, Turns.Drive<S, R> drive, Function<Rounds<R>, T> summary)
      throws IOException, InterruptedException {
    Map<Contender, T> summaries = new EnumMap<>(Contender.class);
    turns
        .take(progress, what, servers, drive)
        .forEach((server, of) -> summaries.put(server.contender(), summary.apply(of)));
    return summaries;
  }

  public List<S> servers() {
    return List.copyOf(servers);
  }

  /** Ends all servers and removes their data. */
  @Override
  public void close() throws IOException {
    for (S server : servers) {
      server.discard();
    }
  }
}
