// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store;

import java.util.List;

/**
 * Commits of one or more objects that are applied all or none. Groups are independent of each
 * other. Commits of one object within a group stand in the order of their seqs; one that deletes
 * its object is the only one of that object.
 *
 * @param commits at least one
 */
public record CommitGroup(List<Commit> commits) {
  public CommitGroup {
    commits = List.copyOf(commits);
    if (commits.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one commit");
    }
    if (commits.size() > 1) {
      for (Commit commit : commits) {
        if (commit.delete() && ofObject(commits, commit.object()) > 1) {
          throw new IllegalArgumentException(
              "%s is deleted in a group that has other commits of it; delete it in another group"
                  .formatted(commit.object()));
        }
      }
    }
  }

  private static long ofObject(List<Commit> commits, ObjectRef object) {
    return commits.stream().filter(commit -> commit.object().equals(object)).count();
  }

  /** A group of one. */
  public static CommitGroup of(Commit commit) {
    return new CommitGroup(List.of(commit));
  }
}
