// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.benchmarks.contest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How servers take turns: each in short rounds, one after the other, so that a machine that slows
 * down meanwhile slows all of them.
 *
 * @param rounds of each server
 * @param noise a round in which other programs used more than this share of the processors is run
 *     again
 */
public record Turns(int rounds, double noise) {
  private static final int TRIES = 4;

  /** What a round has to say of itself. */
  public interface Outcome {
    /** Whether its figures say anything: all that was asked was done. */
    boolean sound();

    /** Share of all processor time that neither the server nor the load generator used. */
    double noise();
  }

  /** Runs one round of one server. */
  public interface Drive<S, R extends Outcome> {
    R run(S server) throws IOException, InterruptedException;
  }

  /** Runs all rounds of all servers; {@code what} is shown as they go on. */
  public <S, R extends Outcome> Map<S, Rounds<R>> take(
      Progress progress, String what, Collection<S> servers, Drive<S, R> drive)
      throws IOException, InterruptedException {
    Map<S, List<R>> collected = new LinkedHashMap<>();
    for (int i = 0; i < rounds; i++) {
      progress.show("%s, round %d of %d".formatted(what, i + 1, rounds));
      for (S server : servers) {
        collected.computeIfAbsent(server, _ -> new ArrayList<>()).add(quiet(server, drive));
      }
    }
    Map<S, Rounds<R>> all = new LinkedHashMap<>();
    collected.forEach((server, of) -> all.put(server, new Rounds<>(of)));
    return all;
  }

  /**
   * A round that other programs hardly disturbed; the least disturbed if there is none. One with
   * errors is the last and counts, however disturbed it was: another would hide them.
   */
  private <S, R extends Outcome> R quiet(S server, Drive<S, R> drive)
      throws IOException, InterruptedException {
    R best = drive.run(server);
    for (int i = 1; i < TRIES && best.sound() && best.noise() > noise; i++) {
      R again = drive.run(server);
      best = !again.sound() || again.noise() < best.noise() ? again : best;
    }
    return best;
  }
}
