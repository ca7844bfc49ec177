// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.ObjectId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code holdfast object list}, and what objects are called. */
class ObjectListTest extends ObjectCommandSuite {
  @Test
  void namespaces_and_objects_are_listed_also_those_without_a_class() {
    try (Past past = new Past()) {
      past.put(past.ref(GONE, "old"), now(), "k", 1L);
    }
    for (String name : List.of("a:1", "a:2", "a:3", "b")) {
      vault(name).add(1);
    }
    ObjectId unnamed = vaults().newUniqueId();
    vaults().get(unnamed).add(1);

    assertThat(object("list").ok().out()).isEqualTo("Gone\nVault\n");
    assertThat(object("list", GONE).ok().out()).contains("\"old\"");
    assertThat(object("list", NAMESPACE).ok().out())
        .contains("\"a:1\"", "\"b\"", unnamed.toString());
    assertThat(names(object("list", NAMESPACE, "--prefix", "a:", "--json")))
        .containsExactly("a:1", "a:2", "a:3");
    assertThat(
            names(object("list", NAMESPACE, "--prefix=a:", "--after=a:1", "--limit=1", "--json")))
        .containsExactly("a:2");
    assertThat(object("list", NAMESPACE, "--prefix=a:", "--limit=2").ok().out())
        .contains("there may be more: go on with --after \"a:2\"");
    assertThat(object("list", NAMESPACE, "--json").json()).hasSize(5);
    object("list", "Nothing").failed(1, "there is no namespace Nothing; there are Gone, Vault");
  }

  @Test
  void a_name_that_looks_like_an_id_is_told_from_it() {
    String id = vaults().idFromName("a").toString();
    vault("a").add(1);
    assertThat(numbers(NAMESPACE, id).keySet()).containsExactly("n:1");
    assertThat(numbers(NAMESPACE, "id:" + id).keySet()).containsExactly("n:1");
    object("show", NAMESPACE, "name:" + id).failed(1, "there is no object name:" + id);
    vault(id).add(2);
    object("show", NAMESPACE, id).failed(2, "one object has the name", "write name: or id:");
    assertThat(numbers(NAMESPACE, "name:" + id).keySet()).containsExactly("n:2");
    assertThat(numbers(NAMESPACE, "id:" + id).keySet()).containsExactly("n:1");
    vault("id:x").add(3);
    assertThat(numbers(NAMESPACE, "name:id:x").keySet()).containsExactly("n:3");
  }

  @Test
  void without_a_store_there_is_nothing_to_look_at() {
    assertThat(run("object", "list", "--data=" + folder.resolve("nowhere")))
        .satisfies(told -> told.failed(1, "there is no store in"));
    assertThat(folder.resolve("nowhere")).doesNotExist();
    assertThat(run("object").status()).isEqualTo(2);
    assertThat(run("object", "show", "--help").ok().out()).contains("--sql=QUERY");
  }
}
