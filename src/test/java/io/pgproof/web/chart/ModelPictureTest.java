package io.pgproof.web.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.web.chart.ModelPicture.Visit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelPictureTest {
  private static final List<Visit> WAY =
      List.of(
          new Visit("verificationAskedFor", "run", true),
          new Visit("inspection", "run", true),
          new Visit("inspectionBegun", "inspection-1", true),
          new Visit("inspectBackup", "inspection-1", true),
          new Visit("inspectedYet", "inspection-1", true),
          new Visit("backupInspected", "inspection-1", true),
          new Visit("imageSearch", "run", false),
          new Visit("imageNeeded", "image-1", true),
          new Visit("findImage", "image-1", false));

  private static ModelPicture verifyBackup() throws IOException {
    return ModelPicture.read(Files.newInputStream(Path.of("bpmn", "verify-backup.bpmn")));
  }

  @Test
  void theWayIsToldInWords() throws IOException {
    Drawn top = Drawn.of(verifyBackup().draw("verifyBackup", WAY));
    assertThat(top.label())
        .isEqualTo(
            "Verify backup: passed Verification asked for, Identify backup; now at Provide image");
    assertThat(Drawn.of(verifyBackup().draw("decideOnBackup", WAY)).label())
        .isEqualTo("Decide on backup: nothing passed");
  }

  @Test
  void onlyFlowsThatWereTakenAreStrong() throws IOException {
    Drawn inspection = Drawn.of(verifyBackup().draw("inspection", WAY));
    assertThat(inspection.shapes("path", "head")).hasSize(6);
    assertThat(
            inspection.shapes("path", "head").stream()
                .filter(head -> head.getAttribute("class").contains("passed")))
        .as("begun to inspect, inspect to gateway, gateway to end")
        .hasSize(3);
  }

  @Test
  void anotherScopeIsNotTheWay() throws IOException {
    List<Visit> way =
        List.of(
            new Visit("inspectBackup", "inspection-1", true),
            new Visit("inspectedYet", "inspection-2", true));
    Drawn inspection = Drawn.of(verifyBackup().draw("inspection", way));
    assertThat(
            inspection.shapes("path", "head").stream()
                .filter(head -> head.getAttribute("class").contains("passed")))
        .isEmpty();
  }

  @Test
  void planesThatTheRunEnteredComeAfterTheTop() throws IOException {
    assertThat(verifyBackup().planes(WAY))
        .containsExactly("verifyBackup", "inspection", "imageSearch");
    assertThat(verifyBackup().planes(List.of())).containsExactly("verifyBackup");
    assertThat(verifyBackup().name("proveInContainer")).isEqualTo("Prove in a container");
  }

  static Stream<Path> models() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("bpmn"))) {
      return files.filter(file -> file.toString().endsWith(".bpmn")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyPlaneOfEveryModelIsDrawn(Path model) throws IOException {
    ModelPicture picture = ModelPicture.read(Files.newInputStream(model));
    List<String> ids =
        Pattern.compile("BPMNPlane id=\"[^\"]*\" bpmnElement=\"([^\"]*)\"")
            .matcher(Files.readString(model))
            .results()
            .map(plane -> plane.group(1))
            .toList();
    assertThat(ids).isNotEmpty();
    for (String plane : ids) {
      assertThat(picture.name(plane)).isNotBlank();
      Drawn.of(picture.draw(plane, List.of()));
    }
  }

  @Test
  void anUnknownElementOfTheWayIsPassedOver() throws IOException {
    Drawn.of(verifyBackup().draw("verifyBackup", List.of(new Visit("ofLastYear", "run", false))));
  }

  @Test
  void whatIsNoModelIsRefused() {
    assertThatThrownBy(
            () ->
                ModelPicture.read(
                    new ByteArrayInputStream("none".getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAreWrapped() {
    assertThat(ModelPicture.wrapped("Interrupted, attempts left?", 12))
        .containsExactly("Interrupted,", "attempts", "left?");
  }
}
