// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a text, each checked against the {@link Rules}. Immutable.
 *
 * @param statements in their order, at least one
 */
public record Script(List<Statement> statements) {

  /**
   * One statement.
   *
   * @param text without the semicolon behind it
   * @param writes whether it may change anything
   * @param schema whether it may change tables, so that what was prepared before is out of date
   * @param returns whether it answers rows though it may change something, or explains what may
   * @param setting what it sets for the connection and not in the database; null if nothing
   */
  public record Statement(
      String text, boolean writes, boolean schema, boolean returns, @Nullable Setting setting) {
    private static final List<String> AT_ONCE = List.of("INSERT", "UPDATE", "DELETE", "REPLACE");

    private static final List<String> WITH = List.of("WITH");

    /** SQLite looks at what a pragma says although it is only to be explained. */
    private static final List<String> VERBS_OF_PRAGMAS = List.of("PRAGMA", "EXPLAIN");

    /** Whether it certainly has SQLite begin to write before it reads anything. */
    public boolean writesAtOnce() {
      return beginsWithOneOf(AT_ONCE);
    }

    /** Whether it may insert, change or remove rows of tables. */
    public boolean changesRows() {
      return writesAtOnce() || (writes && beginsWithOneOf(WITH));
    }

    /** Whether SQLite may do it already when it is prepared, as some pragmas that set something. */
    public boolean actsWhenPrepared() {
      return setting != null || (writes && beginsWithOneOf(VERBS_OF_PRAGMAS));
    }

    private boolean beginsWithOneOf(List<String> verbs) {
      return verbs.stream().anyMatch(verb -> text.regionMatches(true, 0, verb, 0, verb.length()));
    }
  }

  /**
   * What a pragma sets for a connection.
   *
   * @param pragma its name in capitals
   * @param text that sets it, also on another connection
   */
  public record Setting(String pragma, String text) {}

  public Script {
    statements = List.copyOf(statements);
  }

  /**
   * The statements of a text.
   *
   * @throws IllegalArgumentException if there is none, or one that is refused
   */
  public static Script parse(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "SQL with a NUL character: SQLite would stop reading there");
    }
    checkSurrogates(text);
    Lexer lexer = new Lexer(text);
    List<Statement> statements = new ArrayList<>();
    List<Token> tokens = new ArrayList<>();
    for (Token token = lexer.next(); token != null; token = lexer.next()) {
      if (token.isMark(';') && !continues(tokens)) {
        add(text, tokens, statements);
      } else {
        tokens.add(token);
      }
    }
    add(text, tokens, statements);
    if (statements.isEmpty()) {
      throw new IllegalArgumentException("the SQL has no statement");
    }
    return new Script(statements);
  }

  /** A surrogate without its partner has no form in UTF-8: SQLite would see a question mark. */
  private static void checkSurrogates(String text) {
    int at = 0;
    while (at < text.length()) {
      int character = text.codePointAt(at);
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        throw new IllegalArgumentException(
            "SQL with a surrogate without its partner at character %d; bind what is data as bytes"
                .formatted(at));
      }
      at += Character.charCount(character);
    }
  }

  /** Takes a statement that has ended off the list; nothing if none has begun. */
  private static void add(String text, List<Token> tokens, List<Statement> to) {
    if (!tokens.isEmpty()) {
      String statement = text.substring(tokens.getFirst().start(), tokens.getLast().end());
      to.add(new Rules(statement, List.copyOf(tokens)).check());
      tokens.clear();
    }
  }

  /** Whether a semicolon behind these tokens is one within a trigger. */
  private static boolean continues(List<Token> tokens) {
    if (!isTrigger(tokens)) {
      return false;
    }
    int last = tokens.size() - 1;
    boolean ended = tokens.get(last).is("END") && tokens.get(last - 1).isMark(';');
    return !ended;
  }

  private static boolean isTrigger(List<Token> tokens) {
    int at = 0;
    if (at < tokens.size() && tokens.get(at).is("EXPLAIN")) {
      at++;
      if (tokens.size() > at + 1 && tokens.get(at).is("QUERY") && tokens.get(at + 1).is("PLAN")) {
        at += 2;
      }
    }
    if (at >= tokens.size() || !tokens.get(at++).is("CREATE")) {
      return false;
    }
    if (at < tokens.size() && (tokens.get(at).is("TEMP") || tokens.get(at).is("TEMPORARY"))) {
      at++;
    }
    return at < tokens.size() && tokens.get(at).is("TRIGGER");
  }
}
