package io.pgproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceJson;
import io.pgproof.audit.ServerEntry;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.json.JSONException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.skyscreamer.jsonassert.JSONAssert;
import org.skyscreamer.jsonassert.JSONCompareMode;

/**
 * What each release writes, one directory for each: every kind of evidence, and a report. Later
 * releases read them all; a release adds a directory, and none is changed afterwards.
 */
class GoldenFilesTest {
  private static final Path RELEASES = Path.of("src/test/resources/golden");
  private static final RunId RUN = new RunId("20261130-030000-aaaa");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reports, and evidence of runs. */
  static List<Path> files() throws IOException {
    return allFiles().stream().filter(file -> !isServerEvent(file)).toList();
  }

  static List<Path> serverEvents() throws IOException {
    return allFiles().stream().filter(GoldenFilesTest::isServerEvent).toList();
  }

  private static List<Path> allFiles() throws IOException {
    try (Stream<Path> files = Files.walk(RELEASES)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static boolean isServerEvent(Path file) {
    return file.getParent().endsWith("server");
  }

  /** A member may have come since; none is lost or says another thing. */
  @ParameterizedTest
  @MethodSource("files")
  void evidenceOfEveryReleaseIsRead(Path file) throws IOException, JSONException {
    JsonNode written = JSON.readTree(file.toFile());
    if (file.endsWith("report.json")) {
      assertSays(EvidenceJson.write(EvidenceJson.read(written.toString(), Report.class)), written);
    } else {
      Evidence evidence =
          EvidenceKind.read(
              entry(
                  written.get("kind").asText(),
                  written.get("schema").asInt(),
                  written.get("body")));
      assertThat(EvidenceKind.of(evidence.getClass()).code())
          .isEqualTo(written.get("kind").asText());
      assertThat(evidence.describe()).isNotBlank().doesNotContain("null");
      assertSays(EvidenceJson.write(evidence), written.get("body"));
    }
  }

  /** What is said about a run must not leave out a kind by oversight. */
  @ParameterizedTest
  @MethodSource("files")
  void everyKindIsPartOfARun(Path file) throws IOException {
    if (file.endsWith("report.json")) {
      return;
    }
    List<EvidenceEntry> trail = new ArrayList<>();
    for (Path each : List.of(file.resolveSibling("Asked.json"), file)) {
      JsonNode written = JSON.readTree(each.toFile());
      trail.add(
          entry(written.get("kind").asText(), written.get("schema").asInt(), written.get("body")));
    }
    assertThat(RunProjection.of(trail).report(RUN.value()).run()).isEqualTo(RUN.value());
  }

  @ParameterizedTest
  @MethodSource("serverEvents")
  void serverEventsOfEveryReleaseAreRead(Path file) throws IOException, JSONException {
    JsonNode written = JSON.readTree(file.toFile());
    ServerEvent event =
        ServerEventKind.read(
            new ServerEntry(
                1,
                Instant.EPOCH,
                written.get("kind").asText(),
                written.get("schema").asInt(),
                "pgproof",
                written.get("body").toString()));
    assertThat(ServerEventKind.of(event.getClass()).code()).isEqualTo(written.get("kind").asText());
    assertThat(event.describe()).isNotBlank().doesNotContain("null");
    assertSays(EvidenceJson.write(event), written.get("body"));
  }

  @Test
  void everyKindOfServerEventHasAGoldenFileOfItsSchema() throws IOException {
    assertThat(
            Arrays.stream(ServerEventKind.values()).map(kind -> kind.code() + " " + kind.schema()))
        .isSubsetOf(serverEvents().stream().map(GoldenFilesTest::kind).toList());
  }

  @Test
  void typesAndCodesOfServerEventsMatchOneToOne() {
    List<ServerEventKind> kinds = List.of(ServerEventKind.values());
    assertThat(kinds.stream().<Class<?>>map(ServerEventKind::type))
        .containsExactlyInAnyOrderElementsOf(List.of(ServerEvent.class.getPermittedSubclasses()));
    assertThat(
            Stream.concat(
                kinds.stream().map(ServerEventKind::code),
                Arrays.stream(EvidenceKind.values()).map(EvidenceKind::code)))
        .doesNotHaveDuplicates()
        .allMatch(code -> code.length() <= 30);
  }

  @Test
  void aServerEventOfALaterVersionIsRefusedWithARemedy() {
    assertThatThrownBy(
            () ->
                ServerEventKind.read(
                    new ServerEntry(7, Instant.EPOCH, "LoggedIn", 2, "olga", "{}")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("entry 7", "LoggedIn", "schema 2", "HINT: a later version");
  }

  @Test
  void everyKindHasAGoldenFileOfItsSchema() throws IOException {
    List<String> files =
        files().stream()
            .filter(file -> !file.endsWith("report.json"))
            .map(GoldenFilesTest::kind)
            .toList();
    assertThat(Arrays.stream(EvidenceKind.values()).map(kind -> kind.code() + " " + kind.schema()))
        .isSubsetOf(files);
  }

  @Test
  void typesAndCodesMatchOneToOne() {
    List<EvidenceKind> kinds = List.of(EvidenceKind.values());
    assertThat(kinds.stream().<Class<?>>map(EvidenceKind::type))
        .containsExactlyInAnyOrderElementsOf(List.of(Evidence.class.getPermittedSubclasses()));
    assertThat(kinds.stream().map(EvidenceKind::code))
        .doesNotHaveDuplicates()
        .allMatch(code -> code.length() <= 30);
  }

  @Test
  void anEntryOfALaterVersionIsRefusedWithARemedy() {
    JsonNode body = JSON.valueToTree(Map.of("attempt", 1));
    assertThatThrownBy(
            () ->
                EvidenceKind.read(
                    entry("Interrupted", EvidenceKind.INTERRUPTED.schema() + 1, body)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("Interrupted", "schema 2", "HINT: a later version");
    assertThatThrownBy(() -> EvidenceKind.read(entry("Signed", 1, body)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("Signed", "HINT: a later version");
  }

  private static void assertSays(String now, JsonNode written) throws JSONException {
    // Members may be added; the order of elements counts.
    JSONAssert.assertEquals(written.toString(), now, JSONCompareMode.STRICT_ORDER);
  }

  private static String kind(Path file) {
    try {
      JsonNode written = JSON.readTree(file.toFile());
      return written.get("kind").asText() + " " + written.get("schema").asInt();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static EvidenceEntry entry(String kind, int schema, JsonNode body) {
    return new EvidenceEntry(1, RUN, Instant.EPOCH, kind, schema, "pgproof", body.toString());
  }
}
