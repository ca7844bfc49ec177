// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.docs;

/** What callers of a ledger see. */
public interface Ledger {
  long addWrong(long amount, String note);

  long add(long amount, String note);

  long addUncovered(long amount);

  long total();

  long stored();
}
