// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;

/**
 * Commits of one or more objects that are applied all or none. Groups are independent of each
 * other. Commits of one object within a group stand in the order of their seqs.
 *
 * @param commits at least one
 */
public record CommitGroup(List<Commit> commits) {
  public CommitGroup {
    commits = List.copyOf(commits);
    if (commits.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one commit");
    }
  }

  /** A group of one. */
  public static CommitGroup of(Commit commit) {
    return new CommitGroup(List.of(commit));
  }
}
