// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.store.rocksdb;

import java.io.IOException;
import org.rocksdb.RocksDBException;

/**
 * What the store keeps besides the database, to notice a loss and to survive some.
 *
 * @param mark what was confirmed last
 * @param manifest a second copy of the manifest
 * @param namespaces a second copy of the namespaces
 */
record Safeguards(MarkFile mark, ManifestMirror manifest, NamespaceMirror namespaces) {

  /** Brings them up to date with a session, on disk. */
  void refresh(Session session) throws IOException, RocksDBException {
    mark.sync();
    manifest.refresh(session.database);
    namespaces.refresh(session.namespaces.all());
  }
}
