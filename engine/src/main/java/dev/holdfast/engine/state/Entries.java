// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.state;

import dev.holdfast.store.Entry;
import dev.holdfast.store.EntryKey;
import dev.holdfast.store.ScanRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of an object, now or at some moment. Object thread only. */
public interface Entries {

  /** The limits on what is read. */
  StateLimits limits();

  /** The value of an entry; null if there is none. */
  byte @Nullable [] get(EntryKey key);

  /** The existing entries of a range, in its direction, up to its bounds. */
  List<Entry> page(ScanRange range);
}
