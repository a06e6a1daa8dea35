package io.pgproof;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which room may import which; {@code docs/architecture.md} shows the same tables. */
class RoomsTest {
  private static final String HERE = "io.pgproof";
  private static final int MOST_CLASSES = 25;
  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:static )?(io\\.pgproof(?:\\.[a-z]+)*)\\.[A-Z]", Pattern.MULTILINE);

  /** From bottom to top: a room, and the rooms below it that it imports. */
  private static final Map<String, Set<String>> ROOMS = new LinkedHashMap<>();

  /** What only some rooms import of the outside. */
  private static final Map<String, Set<String>> OUTSIDE = new LinkedHashMap<>();

  static {
    room("");
    room("proof");
    room("command");
    room("state", "proof");
    room("secret");
    room("yaml", "proof");
    room("target", "proof", "secret", "yaml");
    room("backup.binding");
    room("backup.archive", "proof", "backup.binding");
    room("backup.format", "proof", "backup.archive");
    room("backup.pages", "proof", "backup.format");
    room("backup.wal", "proof", "backup.archive", "backup.format");
    room(
        "backup.source",
        "proof",
        "backup.binding",
        "backup.archive",
        "backup.format",
        "backup.wal");
    room(
        "backup.restore",
        "proof",
        "backup.binding",
        "backup.archive",
        "backup.format",
        "backup.pages",
        "backup.wal",
        "backup.source");
    room(
        "backup.damage",
        "proof",
        "backup.archive",
        "backup.format",
        "backup.source",
        "backup.restore");
    room("sandbox");
    room("sandbox.lxc.binding");
    room("sandbox.lxc", "proof", "command", "sandbox", "sandbox.lxc.binding");
    room("image", "proof", "command", "yaml", "backup.format", "sandbox");
    room("postgres.server", "proof", "backup.format");
    room(
        "postgres.recovery",
        "proof",
        "sandbox",
        "backup.format",
        "backup.wal",
        "backup.restore",
        "postgres.server");
    room(
        "postgres.check",
        "proof",
        "sandbox",
        "backup.format",
        "backup.pages",
        "postgres.server",
        "postgres.recovery");
    room("limit", "proof");
    room("document");
    room("tlog");
    room("timestamp", "proof");
    room("audit", "proof");
    room(
        "evidence",
        "proof",
        "limit",
        "target",
        "audit",
        "backup.format",
        "backup.source",
        "postgres.recovery");
    room("token", "proof", "audit", "evidence");
    room("evidence.runs", "proof", "target", "audit", "evidence");
    room("evidence.report", "proof", "target", "audit", "evidence", "evidence.runs");
    room("report", "proof", "limit", "document", "audit", "evidence", "evidence.report");
    room("evidence.log", "proof", "command", "state", "tlog", "timestamp", "audit", "evidence");
    room("notify", "target");
    room(
        "evidence.anchor",
        "command",
        "state",
        "secret",
        "target",
        "timestamp",
        "audit",
        "evidence",
        "evidence.log",
        "notify");
    room("evidence.retention", "proof", "target", "tlog", "audit", "evidence", "evidence.log");
    room(
        "certificate",
        "proof",
        "state",
        "limit",
        "target",
        "document",
        "tlog",
        "audit",
        "evidence",
        "evidence.log");
    room(
        "demo",
        "command",
        "backup.format",
        "sandbox",
        "image",
        "postgres.server",
        "postgres.recovery");
    room("workflow.model", "evidence");
    room("workflow.mapping");
    room(
        "workflow.engine",
        "proof",
        "target",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.mapping");
    room("workflow.guard", "evidence", "workflow.model", "workflow.engine");
    room(
        "workflow.notify",
        "proof",
        "target",
        "audit",
        "evidence",
        "evidence.log",
        "notify",
        "workflow.model",
        "workflow.engine");
    room(
        "workflow.turn",
        "proof",
        "target",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.engine");
    room(
        "workflow.attempt",
        "proof",
        "command",
        "state",
        "target",
        "backup.format",
        "backup.pages",
        "backup.source",
        "backup.restore",
        "sandbox",
        "image",
        "postgres.server",
        "postgres.recovery",
        "postgres.check",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.engine",
        "workflow.turn");
    room(
        "workflow.verify",
        "proof",
        "target",
        "backup.source",
        "backup.restore",
        "sandbox",
        "image",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.engine",
        "workflow.notify",
        "workflow.turn",
        "workflow.attempt");
    room(
        "workflow.decide",
        "proof",
        "target",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.engine",
        "workflow.notify",
        "workflow.verify");
    room(
        "workflow.control",
        "proof",
        "command",
        "state",
        "target",
        "backup.format",
        "backup.source",
        "backup.restore",
        "backup.damage",
        "audit",
        "evidence",
        "evidence.runs",
        "workflow.model",
        "workflow.engine",
        "workflow.notify",
        "workflow.verify");
    room(
        "workflow.review",
        "proof",
        "target",
        "audit",
        "evidence",
        "evidence.report",
        "workflow.model",
        "workflow.engine",
        "workflow.notify",
        "workflow.decide");
    room(
        "workflow.schedule",
        "proof",
        "target",
        "backup.format",
        "backup.source",
        "backup.restore",
        "audit",
        "evidence",
        "workflow.model",
        "workflow.engine",
        "workflow.notify",
        "workflow.verify",
        "workflow.control");
    room(
        "control",
        "proof",
        "state",
        "target",
        "audit",
        "token",
        "evidence",
        "evidence.report",
        "report",
        "certificate",
        "workflow.engine",
        "evidence.log");
    room("daemon.configuration", "proof", "secret", "target", "audit", "evidence");
    room(
        "daemon",
        "",
        "proof",
        "command",
        "state",
        "secret",
        "target",
        "sandbox",
        "sandbox.lxc",
        "image",
        "audit",
        "token",
        "evidence",
        "evidence.runs",
        "evidence.report",
        "report",
        "evidence.log",
        "evidence.anchor",
        "evidence.retention",
        "certificate",
        "demo",
        "notify",
        "workflow.engine",
        "workflow.notify",
        "workflow.attempt",
        "workflow.verify",
        "workflow.control",
        "workflow.review",
        "workflow.schedule",
        "control",
        "daemon.configuration",
        "tlog");
    room(
        "monitoring",
        "proof",
        "state",
        "target",
        "sandbox",
        "audit",
        "evidence",
        "evidence.runs",
        "evidence.log",
        "evidence.anchor",
        "notify",
        "workflow.model",
        "workflow.engine",
        "workflow.decide",
        "workflow.schedule",
        "daemon");
    room("web.chart", "proof");
    room(
        "bench",
        "proof",
        "command",
        "state",
        "target",
        "backup.restore",
        "sandbox",
        "image",
        "postgres.recovery",
        "audit",
        "demo",
        "control",
        "web.chart");
    room("cli.text", "proof", "backup.binding", "evidence", "workflow.engine", "control");
    room(
        "cli",
        "",
        "proof",
        "command",
        "state",
        "target",
        "backup.restore",
        "sandbox",
        "sandbox.lxc",
        "image",
        "audit",
        "token",
        "evidence",
        "evidence.report",
        "report",
        "certificate",
        "control",
        "daemon",
        "cli.text",
        "bench",
        "evidence.log",
        "tlog");
    room("web");
    room("web.tls", "proof", "secret");
    room("web.login", "proof", "secret", "target", "limit", "evidence", "workflow.model");
    room("web.cockpit", "evidence", "workflow.model", "web.login");
    room("web.api", "proof", "limit", "token", "workflow.model", "web.login");
    room(
        "web.view",
        "proof",
        "target",
        "backup.source",
        "audit",
        "evidence",
        "evidence.runs",
        "workflow.model",
        "workflow.engine",
        "workflow.verify",
        "workflow.control",
        "workflow.decide",
        "web.login");
    room(
        "web.api.call",
        "proof",
        "limit",
        "target",
        "token",
        "audit",
        "evidence",
        "evidence.runs",
        "evidence.report",
        "report",
        "certificate",
        "workflow.engine",
        "workflow.decide",
        "web.login",
        "web.api",
        "web.view");
    room("web.page", "proof", "workflow.model", "workflow.decide", "web.login");
    room(
        "web.page.task",
        "proof",
        "evidence",
        "workflow.model",
        "workflow.decide",
        "web.login",
        "web.view",
        "web.page");
    room("web.page.report", "proof", "limit", "target", "evidence", "evidence.report", "report");
    room("web.page.token", "proof", "evidence", "token", "workflow.model", "web.login", "web.page");
    room(
        "web.page.run",
        "proof",
        "limit",
        "target",
        "audit",
        "evidence",
        "evidence.runs",
        "certificate",
        "workflow.model",
        "workflow.engine",
        "workflow.decide",
        "web.chart",
        "web.view",
        "web.page");
    room(
        "web.page.target",
        "proof",
        "target",
        "backup.source",
        "evidence",
        "evidence.runs",
        "workflow.engine",
        "workflow.decide",
        "web.login",
        "web.chart",
        "web.view",
        "web.page",
        "web.page.task",
        "web.page.run");
    outside("com.sun.jna", "sandbox.lxc.binding", "backup.binding");
    outside(
        "org.camunda",
        "workflow.mapping",
        "workflow.engine",
        "workflow.guard",
        "workflow.notify",
        "workflow.turn",
        "workflow.attempt",
        "workflow.verify",
        "workflow.decide",
        "workflow.control",
        "workflow.review",
        "workflow.schedule",
        "web.login",
        "web.cockpit");
    outside(
        "org.springframework",
        "",
        "audit",
        "token",
        "evidence",
        "evidence.runs",
        "evidence.log",
        "evidence.anchor",
        "evidence.retention",
        "workflow.engine",
        "workflow.guard",
        "workflow.notify",
        "workflow.turn",
        "workflow.attempt",
        "workflow.verify",
        "workflow.decide",
        "workflow.control",
        "workflow.review",
        "workflow.schedule",
        "daemon",
        "monitoring",
        "web",
        "web.tls",
        "web.login",
        "web.cockpit",
        "web.api",
        "web.view",
        "web.api.call",
        "web.page",
        "web.page.task",
        "web.page.report",
        "web.page.token",
        "web.page.run",
        "web.page.target");
    outside("picocli", "cli");
    outside(
        "org.apache.commons.lang3",
        "backup.restore",
        "postgres.check",
        "notify",
        "workflow.engine",
        "workflow.turn",
        "workflow.attempt",
        "workflow.schedule",
        "control",
        "daemon",
        "monitoring",
        "web.view");
    outside(
        "java.sql",
        "postgres.server",
        "postgres.recovery",
        "postgres.check",
        "audit",
        "token",
        "evidence.runs",
        "evidence.log",
        "evidence.retention",
        "demo",
        "web.api.call");
    outside("org.postgresql", "postgres.server", "postgres.recovery", "postgres.check");
    outside("org.newsclub.net.unix", "postgres.server");
    outside("org.h2", "audit");
    outside("org.apache.ibatis", "workflow.mapping");
    outside("org.yaml", "yaml");
    outside("com.cronutils", "target");
    outside("jakarta.mail", "notify");
    outside("org.eclipse.angus", "notify");
    outside("org.thymeleaf", "document", "notify", "web.login");
    outside("com.openhtmltopdf", "document");
    outside("org.apache.pdfbox", "document");
    outside("org.apache.fontbox", "document");
    outside("io.github.bucket4j", "limit");
    outside("org.bouncycastle", "timestamp");
    outside("java.net.http", "notify");
    outside("io.prometheus", "monitoring");
  }

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(HERE);

  private static void room(String room, String... imports) {
    ROOMS.put(room, new TreeSet<>(List.of(imports)));
  }

  private static void outside(String library, String... rooms) {
    OUTSIDE.put(library, new TreeSet<>(List.of(rooms)));
  }

  static Stream<String> rooms() {
    return ROOMS.keySet().stream();
  }

  static Stream<String> libraries() {
    return OUTSIDE.keySet().stream();
  }

  @ParameterizedTest(name = "room \"{0}\"")
  @MethodSource("rooms")
  void aRoomImportsOnlyPermittedRooms(String room) {
    Set<String> forbidden = new TreeSet<>(ROOMS.keySet());
    forbidden.removeAll(ROOMS.get(room));
    forbidden.remove(room);
    noClasses()
        .that(resideInAPackage(packageOf(room)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(packagesOf(forbidden)))
        .because("room '" + room + "' may import " + ROOMS.get(room) + " only")
        .check(CLASSES);
  }

  @Test
  void everyPermittedImportIsUsed() throws IOException {
    Map<String, Set<String>> used = new TreeMap<>();
    for (String room : ROOMS.keySet()) {
      used.put(room, importsOf(room));
    }
    assertThat(used).isEqualTo(new TreeMap<>(ROOMS));
  }

  /** By the classes, and by the sources, which also name the constants that the compiler copies. */
  private static Set<String> importsOf(String room) throws IOException {
    Set<String> imports = new TreeSet<>();
    CLASSES.stream()
        .filter(type -> type.getPackageName().equals(packageOf(room)))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(dependency -> dependency.getTargetClass().getBaseComponentType().getPackageName())
        .filter(name -> name.startsWith(HERE))
        .map(RoomsTest::roomOf)
        .forEach(imports::add);
    try (Stream<Path> files = Files.list(directoryOf(room))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        IMPORT
            .matcher(Files.readString(file))
            .results()
            .forEach(found -> imports.add(roomOf(found.group(1))));
      }
    }
    imports.remove(room);
    return imports;
  }

  @Test
  void everyRoomImportsOnlyLowerRooms() {
    List<String> order = new ArrayList<>(ROOMS.keySet());
    ROOMS.forEach(
        (room, imports) ->
            assertThat(order.subList(0, order.indexOf(room))).as(room).containsAll(imports));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("libraries")
  void librariesAreImportedOnlyByTheirRooms(String library) {
    DescribedPredicate<JavaClass> elsewhere =
        DescribedPredicate.not(resideInAnyPackage(packagesOf(OUTSIDE.get(library))));
    noClasses()
        .that(elsewhere)
        .should()
        .dependOnClassesThat(resideInAPackage(library + ".."))
        .because(library + " belongs to " + OUTSIDE.get(library))
        .check(CLASSES);
    Set<String> using =
        CLASSES.stream()
            .filter(
                type ->
                    type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(
                            dependency ->
                                dependency
                                    .getTargetClass()
                                    .getBaseComponentType()
                                    .getPackageName()
                                    .startsWith(library)))
            .map(type -> roomOf(type.getPackageName()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(using).as("rooms that import " + library).isEqualTo(OUTSIDE.get(library));
  }

  /** What two steps share is a class of its own, with a name that is no step's. */
  @Test
  void delegatesDoNotDependOnEachOther() {
    Set<JavaClass> delegates =
        CLASSES.stream()
            .filter(
                type ->
                    type.isAssignableTo(JavaDelegate.class)
                        || type.isAssignableTo(TaskListener.class)
                        || type.isAssignableTo(ExecutionListener.class))
            .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
            .map(RoomsTest::outermost)
            .collect(Collectors.toSet());
    assertThat(delegates).hasSizeGreaterThan(20);
    assertThat(
            CLASSES.stream()
                .filter(type -> delegates.contains(outermost(type)))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(
                    dependency ->
                        delegates.contains(outermost(dependency.getTargetClass()))
                            && !outermost(dependency.getTargetClass())
                                .equals(outermost(dependency.getOriginClass())))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(RoomsTest::outermost).orElse(type);
  }

  @Test
  void everyPackageIsARoom() {
    Set<String> packages =
        CLASSES.stream().map(type -> roomOf(type.getPackageName())).collect(Collectors.toSet());
    assertThat(packages).isEqualTo(ROOMS.keySet());
  }

  @Test
  void noRoomHasTooManyClasses() {
    Map<String, Long> crowded =
        CLASSES.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(
                Collectors.groupingBy(
                    type -> roomOf(type.getPackageName()), Collectors.counting()));
    crowded.values().removeIf(classes -> classes <= MOST_CLASSES);
    assertThat(crowded).isEmpty();
  }

  @Test
  void everyRoomHasADescription() {
    assertThat(ROOMS.keySet()).allMatch(room -> purpose(room).endsWith("."));
  }

  /** Between rooms, and between the storeys that their first names make. */
  @ParameterizedTest
  @MethodSource("slices")
  void roomsHaveNoImportCycles(String slices) {
    SlicesRuleDefinition.slices().matching(slices).should().beFreeOfCycles().check(CLASSES);
  }

  static Stream<String> slices() {
    return Stream.of(HERE + ".(*)..", HERE + ".(**)", HERE + ".*.(*)..");
  }

  @Test
  void theDocumentationShowsTheTables() throws IOException {
    List<String> table = new ArrayList<>(List.of("| room | holds | imports |", "|---|---|---|"));
    ROOMS.forEach(
        (room, imports) ->
            table.add(
                "| "
                    + named(room)
                    + " | "
                    + purpose(room).replaceFirst("\\.$", "")
                    + " | "
                    + named(imports)
                    + " |"));
    table.addAll(List.of("", "| library | only in |", "|---|---|"));
    OUTSIDE.forEach((library, rooms) -> table.add("| `" + library + "` | " + named(rooms) + " |"));
    assertThat(Files.readString(Path.of("docs/architecture.md")))
        .contains(String.join("\n", table));
  }

  private static String named(Set<String> rooms) {
    List<String> order = new ArrayList<>(ROOMS.keySet());
    order.retainAll(rooms);
    return order.isEmpty()
        ? "–"
        : order.stream().map(RoomsTest::named).collect(Collectors.joining(", "));
  }

  private static String named(String room) {
    return room.isEmpty() ? "(root)" : "`" + room + "`";
  }

  /** The Javadoc of the package. */
  private static String purpose(String room) {
    try {
      String file = Files.readString(directoryOf(room).resolve("package-info.java"));
      return file.substring(file.indexOf("/**") + 3, file.indexOf("*/"))
          .replaceAll("\\s*\n \\*", "")
          .strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static Path directoryOf(String room) {
    return Path.of("src/main/java", packageOf(room).replace('.', '/'));
  }

  private static String roomOf(String name) {
    return name.equals(HERE) ? "" : name.substring(HERE.length() + 1);
  }

  private static String packageOf(String room) {
    return room.isEmpty() ? HERE : HERE + "." + room;
  }

  private static String[] packagesOf(Set<String> rooms) {
    return rooms.stream().map(RoomsTest::packageOf).toArray(String[]::new);
  }
}
