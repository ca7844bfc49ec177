// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/** The user whose files a store consists of. */
final class StoreOwner {
  private StoreOwner() {}

  /**
   * The owner of a store, if what this process makes beside its files would belong to somebody
   * else. Found out by making a file, so that a disk that knows no owners, or gives all files to
   * the same, is right for everybody.
   */
  static Optional<String> otherThanUs(StoreLayout layout) throws IOException {
    Path file = Files.exists(layout.mark()) ? layout.mark() : layout.database();
    if (Files.getFileAttributeView(file, FileOwnerAttributeView.class) == null) {
      return Optional.empty();
    }
    // A link that somebody has put there may lead to a file of ours.
    UserPrincipal owner = Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
    try {
      boolean ours =
          Probe.file(
              layout.directory(),
              probe -> Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS).equals(owner));
      return ours ? Optional.empty() : Optional.of(owner.getName());
    } catch (AccessDeniedException e) {
      // Not for us to write to; if it is ours, the opening of the store says more.
      return Optional.of(owner.getName())
          .filter(name -> !name.equals(System.getProperty("user.name")));
    }
  }
}
