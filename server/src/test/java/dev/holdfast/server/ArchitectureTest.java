// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The borders between modules: what each of them must not know. */
class ArchitectureTest {
  private static final String JSPECIFY = "org.jspecify..";
  private static final String ROCKSDB = "org.rocksdb..";
  private static final String[] NETWORK = {"io.vertx..", "io.netty..", "java.net.http.."};

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.holdfast");

  @Test
  void every_module_is_looked_at() {
    for (String known :
        new String[] {
          "dev.holdfast.Holdfast",
          "dev.holdfast.store.ObjectStore",
          "dev.holdfast.store.rocksdb.RocksStore",
          "dev.holdfast.engine.Engine",
          "dev.holdfast.gateway.Gateway",
          "dev.holdfast.server.Node"
        }) {
      assertThat(ALL.contain(known)).as(known).isTrue();
    }
  }

  @Test
  void the_api_knows_nothing_but_the_jdk_and_jspecify() {
    classes()
        .that()
        .resideInAPackage("dev.holdfast")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("dev.holdfast", "java..", "javax.sql..", JSPECIFY)
        .check(ALL);
  }

  @Test
  void the_store_contract_knows_the_api_alone() {
    classes()
        .that()
        .resideInAnyPackage("dev.holdfast.store", "dev.holdfast.store.memory..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.holdfast",
            "dev.holdfast.store",
            "dev.holdfast.store.memory..",
            "java..",
            JSPECIFY,
            "org.slf4j..")
        .check(ALL);
  }

  @Test
  void the_embedded_store_knows_no_module_but_the_store_contract() {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.store.rocksdb..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.holdfast.engine..",
            "dev.holdfast.gateway..",
            "dev.holdfast.server..",
            "dev.holdfast.store.memory..")
        .check(ALL);
  }

  @Test
  void the_engine_knows_no_network_and_no_store_but_the_contract() {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.engine..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(NETWORK)
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROCKSDB,
            "dev.holdfast.store.rocksdb..",
            "dev.holdfast.store.memory..",
            "dev.holdfast.gateway..",
            "dev.holdfast.server..")
        .check(ALL);
  }

  @Test
  void the_gateway_knows_no_store() {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.gateway..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROCKSDB, "dev.holdfast.store..", "dev.holdfast.server..")
        .check(ALL);
  }

  @Test
  void only_the_assembly_puts_parts_together() {
    noClasses()
        .that()
        .resideInAPackage("dev.holdfast.server.*..")
        .should()
        .callMethodWhere(
            new DescribedPredicate<JavaMethodCall>("it opens a store or starts a part") {
              @Override
              public boolean test(JavaMethodCall call) {
                return Set.of(
                            "dev.holdfast.store.rocksdb.RocksStore",
                            "dev.holdfast.engine.Engine",
                            "dev.holdfast.gateway.Gateway")
                        .contains(call.getTargetOwner().getName())
                    && call.getTarget().getName().matches("open.*|start|prepare");
              }
            })
        .check(ALL);
  }

  @Test
  void only_the_server_knows_a_logging_back_end_and_a_command_line() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.holdfast.server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ch.qos.logback..", "picocli..", "org.tomlj..")
        .check(ALL);
  }

  @Test
  void the_packages_of_the_server_have_no_cycles() {
    slices().matching("dev.holdfast.server.(*)..").should().beFreeOfCycles().check(ALL);
  }
}
