// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.sql.text;

import dev.holdfast.engine.sql.text.Script.Setting;
import dev.holdfast.engine.sql.text.Script.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What object code may not say in SQL, and what it should do instead. Looks at one statement.
 *
 * <p>It errs to the safe side: a column called {@code rollback} has to be quoted in the one place
 * where the word could mean the other thing. The name of a function that is refused may not stand
 * before a parenthesis, in quotes or not, but where it can only be that of a table.
 */
final class Rules {
  private static final String TRANSACTIONS =
      "a turn is one transaction; for a part of it that can be undone use storage().transaction(...)";
  private static final String TEMPORARY =
      "what is temporary would be gone at any moment; use WITH, a table that you empty, or a field";

  /** Why a statement that begins with that word is refused. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("BEGIN", TRANSACTIONS),
          Map.entry("COMMIT", TRANSACTIONS),
          Map.entry("END", TRANSACTIONS),
          Map.entry("ROLLBACK", TRANSACTIONS),
          Map.entry("SAVEPOINT", TRANSACTIONS),
          Map.entry("RELEASE", TRANSACTIONS),
          Map.entry("ATTACH", "an object has one database; call the object that has the other"),
          Map.entry("DETACH", "an object has one database, and nothing else is attached"),
          Map.entry("VACUUM", "free pages are used again; storage().deleteAll() gives all back"),
          Map.entry("BACKUP", "it writes any file; an object's past is kept by its history"),
          Map.entry("RESTORE", "it reads any file; an object's past is kept by its history"));

  private static final String BEYOND_MEMORY =
      "it writes beyond its memory if told to make a long text; ";

  /** Functions that the driver's SQLite has beside SQLite's own, and why they are refused. */
  private static final Map<String, String> REFUSED_FUNCTIONS =
      Map.ofEntries(
          Map.entry("LOAD_EXTENSION", "it loads code from any file"),
          Map.entry("FTS3_TOKENIZER", "it calls code at any address; use FTS5"),
          Map.entry("REPLICATE", BEYOND_MEMORY + "use format(), or make the text in Java"),
          Map.entry("PADL", BEYOND_MEMORY + "use format('%10s', a)"),
          Map.entry("PADR", BEYOND_MEMORY + "use format('%-10s', a)"),
          Map.entry("PADC", BEYOND_MEMORY + "use format(), or make the text in Java"),
          Map.entry("RIGHTSTR", "it reads beyond the text; use substr(a, -3)"));

  /** Pragmas that tell something; the value that some of them take says of what. */
  private static final Set<String> TELLING =
      Set.of(
          "COLLATION_LIST",
          "COMPILE_OPTIONS",
          "FOREIGN_KEY_CHECK",
          "FOREIGN_KEY_LIST",
          "FUNCTION_LIST",
          "INDEX_INFO",
          "INDEX_LIST",
          "INDEX_XINFO",
          "INTEGRITY_CHECK",
          "MODULE_LIST",
          "PRAGMA_LIST",
          "QUICK_CHECK",
          "TABLE_INFO",
          "TABLE_LIST",
          "TABLE_XINFO");

  /** Pragmas that may be read only. */
  private static final Set<String> READ_ONLY =
      Set.of(
          "DATABASE_LIST",
          "DATA_VERSION",
          "ENCODING",
          "FOREIGN_KEYS",
          "FREELIST_COUNT",
          "MAX_PAGE_COUNT",
          "PAGE_COUNT",
          "PAGE_SIZE",
          "SCHEMA_VERSION");

  /** Pragmas that change the database as any other write does. */
  private static final Set<String> WRITING =
      Set.of("APPLICATION_ID", "DEFER_FOREIGN_KEYS", "OPTIMIZE", "USER_VERSION");

  /** Pragmas that hold for a connection. */
  private static final Set<String> SETTING =
      Set.of(
          "CASE_SENSITIVE_LIKE",
          "IGNORE_CHECK_CONSTRAINTS",
          "LEGACY_ALTER_TABLE",
          "RECURSIVE_TRIGGERS",
          "REVERSE_UNORDERED_SELECTS");

  private static final Set<String> KINDS = Set.of("TABLE", "VIEW", "INDEX", "TRIGGER");
  private static final Set<String> BEFORE_TABLES = Set.of("TABLE", "INTO", "REFERENCES", "EXISTS");
  private static final Set<String> MODULES = Set.of("FTS5", "FTS5VOCAB", "RTREE", "RTREE_I32");
  private static final Set<String> READING = Set.of("SELECT", "VALUES", "EXPLAIN");
  private static final Set<String> SHAPING = Set.of("CREATE", "ALTER", "DROP");
  private static final Set<String> CHANGING = Set.of("INSERT", "UPDATE", "DELETE", "REPLACE");

  private final String text;
  private final List<Token> tokens;

  /** Rules for a statement with that text and these tokens, of which there is at least one. */
  Rules(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  Statement check() {
    int first = firstOfStatement();
    String verb = token(first) == null ? "" : tokens.get(first).word();
    String refusal = REFUSED.get(verb);
    if (refusal != null) {
      throw refused(verb, refusal);
    }
    checkWords();
    if (verb.equals("CREATE")) {
      checkCreate(first + 1);
    }
    if (verb.equals("PRAGMA")) {
      return pragma(first + 1);
    }
    boolean explained = first > 0;
    boolean changes = !READING.contains(verb) && !isReadingWith(verb);
    boolean writes = changes && !explained;
    boolean returns =
        changes && (explained || tokens.stream().anyMatch(token -> token.is("RETURNING")));
    return new Statement(text, writes, writes && SHAPING.contains(verb), returns, null);
  }

  private IllegalArgumentException refused(String what, String instead) {
    return new IllegalArgumentException("%s is not for an object: %s".formatted(what, instead));
  }

  private @Nullable Token token(int at) {
    return at < tokens.size() ? tokens.get(at) : null;
  }

  private boolean isAt(int at, String word) {
    Token token = token(at);
    return token != null && token.is(word);
  }

  /** Where it begins behind EXPLAIN QUERY PLAN. */
  private int firstOfStatement() {
    if (!isAt(0, "EXPLAIN")) {
      return 0;
    }
    return isAt(1, "QUERY") && isAt(2, "PLAN") ? 3 : 1;
  }

  private boolean isReadingWith(String verb) {
    if (!verb.equals("WITH")) {
      return false;
    }
    for (int i = 0; i < tokens.size(); i++) {
      if (CHANGING.contains(tokens.get(i).word()) && !isCall(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it is called as a function, as {@code replace} may be. */
  private boolean isCall(int at) {
    Token next = token(at + 1);
    return next != null && next.isMark('(');
  }

  /**
   * Whether it can only be the name of a table, with or without its schema: SQLite reserves the
   * words before it. {@code ON} does not tell, which begins the condition of a join too.
   */
  private boolean isTable(int at) {
    int name = at >= 2 && tokens.get(at - 1).isMark('.') ? at - 2 : at;
    return name >= 1 && BEFORE_TABLES.contains(tokens.get(name - 1).word());
  }

  /** What may stand anywhere in a statement. */
  private void checkWords() {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      Token before = i == 0 ? null : tokens.get(i - 1);
      if (before != null && token.is("ROLLBACK") && undoesAll(i, before)) {
        throw refused(
            before.text() + " ROLLBACK",
            "it would undo the whole turn; use ABORT, or a transaction");
      }
      if (token.names("pragma_optimize")) {
        throw refused(token.text(), "it writes while it is read; use PRAGMA optimize");
      }
      String refusal = isCall(i) && !isTable(i) ? refusalOfFunction(token) : null;
      if (refusal != null) {
        throw refused(token.text(), refusal);
      }
    }
  }

  private static @Nullable String refusalOfFunction(Token name) {
    return name.kind() == Token.Kind.WORD || name.kind() == Token.Kind.NAME
        ? REFUSED_FUNCTIONS.get(name.text().toUpperCase(Locale.ROOT))
        : null;
  }

  private boolean undoesAll(int at, Token before) {
    return before.is("OR")
        || before.is("CONFLICT")
        || (before.isMark('(') && at >= 2 && tokens.get(at - 2).is("RAISE"));
  }

  private void checkCreate(int at) {
    if (isAt(at, "TEMP") || isAt(at, "TEMPORARY")) {
      throw refused("CREATE TEMP", TEMPORARY);
    }
    Token schema = token(nameOfCreated(at));
    Token dot = token(nameOfCreated(at) + 1);
    if (schema != null && schema.names("temp") && dot != null && dot.isMark('.')) {
      throw refused("the schema temp", TEMPORARY);
    }
    if (isAt(at, "VIRTUAL")) {
      checkModule(at);
    }
  }

  /** Where the name is of what is created: behind TABLE and the like. */
  private int nameOfCreated(int at) {
    int name = at;
    while (name < tokens.size() && !KINDS.contains(tokens.get(name).word())) {
      name++;
    }
    name++;
    return isAt(name, "IF") && isAt(name + 1, "NOT") ? name + 3 : name;
  }

  private void checkModule(int at) {
    for (int i = at; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).is("USING")) {
        String module = tokens.get(i + 1).text().toUpperCase(Locale.ROOT);
        if (!MODULES.contains(module)) {
          throw refused(
              "the module " + tokens.get(i + 1).text(),
              "there are fts5, fts5vocab, rtree, rtree_i32");
        }
        return;
      }
    }
  }

  /**
   * @param at behind the word PRAGMA
   */
  private Statement pragma(int at) {
    int name = at;
    Token dot = token(at + 1);
    if (dot != null && dot.isMark('.')) {
      if (!tokens.get(at).names("main")) {
        throw refused("PRAGMA " + tokens.get(at).text() + ".", "the database is called main");
      }
      name = at + 2;
    }
    Token pragma = token(name);
    String known = pragma == null ? "" : pragma.text().toUpperCase(Locale.ROOT);
    boolean hasValue = token(name + 1) != null;
    boolean explained = at > 1;
    if (TELLING.contains(known) || (READ_ONLY.contains(known) && !hasValue)) {
      return new Statement(text, false, false, false, null);
    }
    if (known.equals("FOREIGN_KEYS")) {
      throw refused(
          "PRAGMA foreign_keys with a value",
          "foreign keys are enforced; PRAGMA defer_foreign_keys = ON lets them wait for the turn's end");
    }
    if (WRITING.contains(known)) {
      boolean writes = hasValue || known.equals("OPTIMIZE");
      return new Statement(text, writes, false, writes && explained, null);
    }
    if (SETTING.contains(known)) {
      Setting setting = hasValue ? new Setting(known, text) : null;
      return new Statement(text, false, false, setting != null && explained, setting);
    }
    throw refused(
        "PRAGMA " + (pragma == null ? "" : pragma.text()) + (hasValue ? " with a value" : ""),
        "how the database is kept is the platform's; what can be told is in PRAGMA pragma_list");
  }
}
