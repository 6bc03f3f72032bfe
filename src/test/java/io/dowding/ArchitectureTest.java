package io.dowding;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Set;

/** Enforces the package arrows in the documentation of the root package. */
@AnalyzeClasses(packages = "io.dowding", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  /** The parts of control that may use threads, clocks and logs. */
  private static final Set<String> SHELL =
      Set.of(
          "io.dowding.control.Loop",
          "io.dowding.control.Journal",
          "io.dowding.control.SteadyClock",
          "io.dowding.control.Pulses",
          "io.dowding.control.Health",
          "io.dowding.control.Tireless",
          "io.dowding.control.LastResort",
          "io.dowding.control.Audit");

  /** The state machines of the edges; their drivers have the threads. */
  private static final Set<String> MACHINES =
      Set.of("io.dowding.etcd.KeyWatch", "io.dowding.docker.Lane");

  private static final DescribedPredicate<JavaClass> DECIDES =
      DescribedPredicate.describe(
          "decide",
          type -> {
            String outer = type.getName().replaceFirst("\\$.*", "");
            boolean core =
                Set.of(
                        "io.dowding.model",
                        "io.dowding.keys",
                        "io.dowding.placement",
                        "io.dowding.plan",
                        "io.dowding.control")
                    .contains(type.getPackageName());
            return (core && !SHELL.contains(outer)) || MACHINES.contains(outer);
          });

  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("io.dowding.model")
          .layer("keys")
          .definedBy("io.dowding.keys")
          .layer("compose")
          .definedBy("io.dowding.compose..")
          .layer("placement")
          .definedBy("io.dowding.placement")
          .layer("plan")
          .definedBy("io.dowding.plan")
          .layer("control")
          .definedBy("io.dowding.control")
          .layer("tls")
          .definedBy("io.dowding.tls")
          .layer("etcd")
          .definedBy("io.dowding.etcd")
          .layer("docker")
          .definedBy("io.dowding.docker")
          .layer("systemd")
          .definedBy("io.dowding.systemd")
          .layer("http")
          .definedBy("io.dowding.http")
          .layer("cli")
          .definedBy("io.dowding.cli")
          .whereLayer("keys")
          .mayOnlyAccessLayers("model")
          .whereLayer("compose")
          .mayOnlyAccessLayers("model")
          .whereLayer("placement")
          .mayOnlyAccessLayers("model")
          .whereLayer("plan")
          .mayOnlyAccessLayers("model", "keys", "placement")
          .whereLayer("control")
          .mayOnlyAccessLayers("model", "keys", "plan")
          .whereLayer("tls")
          .mayNotAccessAnyLayer()
          .whereLayer("etcd")
          .mayOnlyAccessLayers("model", "keys", "compose", "plan", "control", "tls")
          .whereLayer("docker")
          .mayOnlyAccessLayers("model", "keys", "plan", "control", "tls")
          .whereLayer("systemd")
          .mayOnlyAccessLayers("control")
          .whereLayer("http")
          .mayOnlyAccessLayers("model", "keys", "plan", "control")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer();

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.dowding.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule modelUsesOnlyTheJdk =
      noClasses()
          .that()
          .resideInAPackage("io.dowding.model")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("io.dowding.model", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule noClockInDecisions =
      noClasses()
          .that(DECIDES)
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class);

  @ArchTest
  static final ArchRule noRandomnessThreadsLogsOrInputInDecisions =
      noClasses()
          .that(DECIDES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.util.concurrent..", "java.io..", "java.net..", "java.nio..", "org.slf4j..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.util.Random.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(java.util.UUID.class, "randomUUID")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class);

  @ArchTest
  static final ArchRule theLibraryNeedsNoAgent =
      noClasses()
          .that()
          .resideInAPackage("io.dowding")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.dowding.plan..", "io.dowding.control..", "io.dowding.cli..");

  /** Programs that use the library must not need to know what it is made of. */
  @ArchTest
  static final ArchRule theApiHasNoTypesOfOtherLibraries =
      noMethods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAPackage("io.dowding")
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should()
          .haveRawReturnType(resideOutsideOfPackages("java..", "io.dowding", ""))
          .orShould()
          .haveRawParameterTypes(
              anyElementThat(resideOutsideOfPackages("java..", "io.dowding", "")));

  /**
   * Names and messages may contain untrusted text, which only this class escapes for the terminal.
   */
  @ArchTest
  static final ArchRule onlyOutputPrints =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.dowding.cli.Output")
          .should()
          .callMethodWhere(
              target(owner(assignableTo(PrintStream.class).or(assignableTo(PrintWriter.class))))
                  .and(target(nameMatching("print.*|write|append|format"))));

  @ArchTest
  static final ArchRule prometheusOnlyInHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.dowding.http")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.prometheus..");

  @ArchTest
  static final ArchRule jetcdOnlyInEtcd =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.dowding.etcd")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.etcd..");

  @ArchTest
  static final ArchRule dockerJavaOnlyInDocker =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.dowding.docker")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.github.dockerjava..");
}
