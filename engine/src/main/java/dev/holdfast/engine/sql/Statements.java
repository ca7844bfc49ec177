// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql;

import dev.holdfast.engine.sql.text.Script;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was prepared on a connection, by the text that it was prepared for: the texts that were used
 * last are kept. Object thread only.
 */
final class Statements {
  private static final int MAX_TEXTS = 100;
  private static final int MAX_CHARACTERS = 512 << 10;

  /** Of one text; those of a longer one are most likely run once. */
  private static final int MAX_STATEMENTS = 20;

  private final Connection connection;

  /** The one used last at the end. */
  private final LinkedHashMap<String, Prepared> kept = new LinkedHashMap<>(16, 0.75f, true);

  private int characters;

  Statements(Connection connection) {
    this.connection = connection;
  }

  /** The statements of one text, each prepared when its turn comes. */
  static final class Prepared {
    private final List<Script.Statement> script;
    private final List<@Nullable PreparedStatement> statements;
    private boolean inUse;
    private boolean kept;

    /** Has parameters that take much memory; null if none does. */
    private @Nullable PreparedStatement heavy;

    private Prepared(Script script) {
      this.script = script.statements();
      this.statements = new ArrayList<>(this.script.size());
      this.script.forEach(_ -> statements.add(null));
    }

    List<Script.Statement> script() {
      return script;
    }

    /** Some parameters take much memory: they are let go of after this use. */
    void heavy(PreparedStatement statement) {
      heavy = statement;
    }

    private void close() throws SQLException {
      for (int i = 0; i < statements.size(); i++) {
        close(i);
      }
    }

    private void close(int index) throws SQLException {
      PreparedStatement statement = statements.get(index);
      if (statement != null) {
        statement.close();
        statements.set(index, null);
      }
    }
  }

  /**
   * The statements of a text, for one use at a time; {@link #giveBack} ends it.
   *
   * @throws IllegalArgumentException if one of them is refused
   */
  Prepared take(String text) throws SQLException {
    Prepared known = kept.get(text);
    if (known != null && !known.inUse) {
      known.inUse = true;
      return known;
    }
    Prepared made = new Prepared(Script.parse(text));
    made.inUse = true;
    if (known == null
        && text.length() <= MAX_CHARACTERS / 4
        && made.script.size() <= MAX_STATEMENTS) {
      made.kept = true;
      kept.put(text, made);
      characters += text.length();
      makeRoom();
    }
    return made;
  }

  /** One of the statements, prepared if it was not before. */
  PreparedStatement prepare(Prepared of, int index) throws SQLException {
    PreparedStatement known = of.statements.get(index);
    if (known != null) {
      return known;
    }
    PreparedStatement made = connection.prepareStatement(of.script.get(index).text());
    of.statements.set(index, made);
    return made;
  }

  /** One of the statements has run, and does not again in this use. */
  void ran(Prepared of, int index) throws SQLException {
    if (!of.kept) {
      of.close(index);
    }
  }

  /** One of the statements has failed: but for constraints, the driver does not run it again. */
  void failed(Prepared of, int index) throws SQLException {
    of.heavy = null;
    of.close(index);
  }

  void giveBack(Prepared prepared) throws SQLException {
    prepared.inUse = false;
    PreparedStatement heavy = prepared.heavy;
    prepared.heavy = null;
    if (!prepared.kept) {
      prepared.close();
    } else if (heavy != null) {
      heavy.clearParameters();
    }
  }

  private void makeRoom() throws SQLException {
    Iterator<Map.Entry<String, Prepared>> oldest = kept.entrySet().iterator();
    while (kept.size() > MAX_TEXTS || characters > MAX_CHARACTERS) {
      Map.Entry<String, Prepared> next = oldest.next();
      oldest.remove();
      characters -= next.getKey().length();
      letGo(next.getValue());
    }
  }

  /** Tables have changed: what is not in use is prepared anew. */
  void forget() throws SQLException {
    for (Prepared each : kept.values()) {
      letGo(each);
    }
    kept.clear();
    characters = 0;
  }

  private static void letGo(Prepared prepared) throws SQLException {
    prepared.kept = false;
    if (!prepared.inUse) {
      prepared.close();
    }
  }
}
