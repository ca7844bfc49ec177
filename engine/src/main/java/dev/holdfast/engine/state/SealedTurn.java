// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.engine.gate.Output;
import dev.holdfast.store.Change;
import dev.holdfast.store.Pin;
import java.util.List;

/**
 * What a turn leaves behind.
 *
 * @param writes whether it wrote anything, so that there is a commit
 * @param clear whether everything was removed before {@code changes}
 * @param changes its writes in key order
 * @param pins the moments of the past that it keeps
 * @param outputs what it issued, in order
 */
public record SealedTurn(
    boolean writes, boolean clear, List<Change> changes, List<Pin> pins, List<Output> outputs) {}
