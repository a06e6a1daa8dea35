package io.pgproof;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which room may import which: the table of the design, as a test. */
class RoomsTest {
  private static final String HERE = "io.pgproof";

  /** A room, and the rooms it may import. */
  private static final Map<String, Set<String>> ROOMS = new TreeMap<>(Map.ofEntries(
      Map.entry("", Set.of()),
      Map.entry("proof", Set.of()),
      Map.entry("command", Set.of()),
      Map.entry("state", Set.of("proof", "command")),
      Map.entry("yaml", Set.of("proof")),
      Map.entry("target", Set.of("proof", "yaml")),
      Map.entry("backup", Set.of("proof", "command", "backup.binding")),
      Map.entry("backup.binding", Set.of()),
      Map.entry("sandbox", Set.of("proof")),
      Map.entry("sandbox.lxc", Set.of("proof", "sandbox", "sandbox.lxc.binding", "command")),
      Map.entry("sandbox.lxc.binding", Set.of()),
      Map.entry("image", Set.of("proof", "yaml", "sandbox", "command")),
      Map.entry("postgres", Set.of("proof", "sandbox", "backup")),
      Map.entry("audit", Set.of("proof")),
      Map.entry("demo", Set.of("proof", "sandbox", "image", "postgres")),
      Map.entry("notify", Set.of("proof", "target")),
      Map.entry("workflow", Set.of("proof", "state", "target", "backup", "sandbox", "image", "postgres", "audit", "notify")),
      Map.entry("owner", Set.of("", "proof", "command", "state", "target", "backup", "sandbox", "sandbox.lxc", "image",
          "postgres", "audit", "demo", "workflow")),
      Map.entry("cli", Set.of("", "proof", "command", "state", "target", "backup", "sandbox", "sandbox.lxc", "image", "audit", "workflow",
          "owner")),
      Map.entry("web", Set.of("proof", "audit", "target", "workflow")),
      Map.entry("web.cockpit", Set.of("proof", "audit", "target", "workflow", "web"))));

  /** What only some rooms may import of the outside. */
  private static final Map<String, Set<String>> GUARDED = Map.ofEntries(
      Map.entry("com.sun.jna", Set.of("sandbox.lxc.binding", "backup.binding")),
      Map.entry("org.camunda", Set.of("workflow", "web.cockpit")),
      Map.entry("org.springframework", Set.of("", "workflow", "audit", "owner", "web", "web.cockpit")),
      Map.entry("picocli", Set.of("cli")),
      Map.entry("java.sql", Set.of("postgres", "audit", "demo")),
      Map.entry("org.postgresql", Set.of("postgres", "demo")),
      Map.entry("org.newsclub.net.unix", Set.of("postgres", "demo")),
      Map.entry("org.apache.commons.compress", Set.of("backup")),
      Map.entry("org.h2", Set.of("audit")),
      Map.entry("org.yaml", Set.of("yaml")),
      Map.entry("com.cronutils", Set.of("target")),
      Map.entry("jakarta.mail", Set.of("notify")),
      Map.entry("org.eclipse.angus", Set.of("notify")),
      Map.entry("java.net.http", Set.of("notify")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages(HERE);

  static Stream<String> rooms() {
    return ROOMS.keySet().stream();
  }

  static Stream<String> guarded() {
    return GUARDED.keySet().stream();
  }

  @ParameterizedTest(name = "room \"{0}\"")
  @MethodSource("rooms")
  void importsOnlyTheRoomsItMay(String room) {
    Set<String> forbidden = new TreeSet<>(ROOMS.keySet());
    forbidden.removeAll(ROOMS.get(room));
    forbidden.remove(room);
    String[] packages = forbidden.stream().map(RoomsTest::packageOf).toArray(String[]::new);
    noClasses().that(resideInAPackage(packageOf(room)))
        .should().dependOnClassesThat(resideInAnyPackage(packages))
        .because("room '" + room + "' may import " + ROOMS.get(room) + " only")
        .check(CLASSES);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("guarded")
  void theOutsideIsImportedWhereItBelongs(String outside) {
    String[] allowed = GUARDED.get(outside).stream().map(RoomsTest::packageOf).toArray(String[]::new);
    DescribedPredicate<JavaClass> elsewhere = DescribedPredicate.not(resideInAnyPackage(allowed));
    noClasses().that(elsewhere)
        .should().dependOnClassesThat(resideInAPackage(outside + ".."))
        .because(outside + " belongs to " + GUARDED.get(outside))
        .check(CLASSES);
  }

  @Test
  void everyPackageIsARoom() {
    Set<String> packages = CLASSES.stream().map(JavaClass::getPackageName)
        .map(name -> name.equals(HERE) ? "" : name.substring(HERE.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(packages).isEqualTo(ROOMS.keySet());
  }

  @Test
  void everyRoomSaysWhatItIsFor() {
    Set<String> without = new TreeSet<>(ROOMS.keySet());
    CLASSES.stream().map(JavaClass::getPackageName).distinct().forEach(name -> {
      if (Arrays.stream(new java.io.File("src/main/java", name.replace('.', '/')).list()).anyMatch("package-info.java"::equals)) {
        without.remove(name.equals(HERE) ? "" : name.substring(HERE.length() + 1));
      }
    });
    assertThat(without).isEmpty();
  }

  @Test
  void roomsDoNotGoInCircles() {
    SlicesRuleDefinition.slices().matching(HERE + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  private static String packageOf(String room) {
    return room.isEmpty() ? HERE : HERE + "." + room;
  }
}
