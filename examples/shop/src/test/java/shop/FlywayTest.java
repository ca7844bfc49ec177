// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flyway inside of an object, as it is. */
class FlywayTest {
  @TempDir private Path data;
  @TempDir private Path migrations;

  private Flyway flyway(Lab.Subject self) {
    return Flyway.configure()
        .dataSource(self.database())
        .locations("classpath:db/migration", "filesystem:" + migrations)
        .load();
  }

  private int migrate(Lab.Subject self) {
    return flyway(self).migrate().migrationsExecuted;
  }

  @Test
  void migrations_run_once_and_new_ones_when_they_come() throws Exception {
    for (int start = 1; start <= 2; start++) {
      try (Lab lab = new Lab(data)) {
        assertThat(lab.run(this::migrate)).isEqualTo(start == 1 ? "2" : "0");
        assertThat(lab.run(this::migrate)).isEqualTo("0");
      }
    }
    Files.writeString(
        migrations.resolve("V3__log.sql"),
        """
        CREATE TABLE log (line TEXT NOT NULL);
        -- semicolons within; a trigger
        CREATE TRIGGER item_added AFTER INSERT ON item BEGIN
          INSERT INTO log VALUES ('added; ' || NEW.name);
          INSERT INTO log VALUES ('and that is that');
        END;
        INSERT INTO item VALUES ('tea', 300, 1);
        """);
    try (Lab lab = new Lab(data)) {
      assertThat(lab.run(this::migrate)).isEqualTo("1");
      assertThat(lab.run(self -> self.read("SELECT line FROM log")))
          .isEqualTo("[added; tea, and that is that]");
      assertThat(lab.run(self -> flyway(self).info().current().getVersion())).isEqualTo("3");
      lab.run(
          self -> {
            flyway(self).validate();
            return "";
          });
    }
  }

  @Test
  void a_migration_that_fails_leaves_nothing_and_can_be_mended() throws Exception {
    Path third = migrations.resolve("V3__two.sql");
    Files.writeString(third, "CREATE TABLE one (x);\nINSERT INTO two VALUES (1);\n");
    try (Lab lab = new Lab(data)) {
      lab.run(
          self -> {
            assertThatThrownBy(() -> migrate(self))
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("no such table: two");
            return "";
          });
      assertThat(
              lab.run(
                  self ->
                      self.read("SELECT name FROM sqlite_schema WHERE name IN ('one', 'orders')")))
          .isEqualTo("[orders]");
      Files.writeString(third, "CREATE TABLE one (x);\n");
      assertThat(lab.run(this::migrate)).isEqualTo("1");
    }
  }
}
