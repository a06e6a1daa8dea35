package io.pgproof.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.pgproof.audit.EvidenceJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BenchTextTest {
  private static final Series HAND = new Series("hand-fast", "s", List.of(20.0, 10.0, 40.0));
  private static final Series QUICK = new Series("quick", "s", List.of(10.0, 8.0, 28.0));

  @Test
  void theMedianIsTheValueInTheMiddle() {
    assertThat(HAND.median()).isEqualTo(20);
    assertThat(HAND.least()).isEqualTo(10);
    assertThat(HAND.most()).isEqualTo(40);
    assertThat(new Series("one", "s", List.of(3.0)).median()).isEqualTo(3);
    assertThat(new Series("two", "s", List.of(3.0, 1.0)).median()).isEqualTo(2);
    assertThatIllegalArgumentException().isThrownBy(() -> new Series("none", "s", List.of()));
  }

  @Test
  void aRatioIsTakenRoundByRound() {
    // 0.5, 0.8 and 0.7: not the ratio of the medians, which is 0.5.
    assertThat(lines(HAND, QUICK))
        .contains("| quick / fastest by hand | 0.70 | 0.50 to 0.80 | ≤ 0.75 | reached |");
  }

  @Test
  void aMissedGoalIsNamedAndARateMustBeHigh() {
    assertThat(
            lines(
                new Series("standard: teardown", "s", List.of(0.6)),
                new Series("small-per-hour", "1/h", List.of(2399.0))))
        .contains(
            "| teardown | 0.60 | 0.60 to 0.60 | ≤ 0.50 | missed |",
            "| small backups an hour, two at a time | 2399 | 2399 to 2399 | ≥ 2400 | missed |");
    assertThat(lines(new Series("small-per-hour", "1/h", List.of(2400.0))))
        .anyMatch(line -> line.endsWith("| reached |"));
  }

  @Test
  void aGoalWithoutItsSeriesIsLeftOut() {
    assertThat(lines(QUICK)).noneMatch(line -> line.contains("fastest by hand"));
    assertThat(lines(QUICK)).contains("| quick | 10.0 | 8.00 to 28.0 | s |");
  }

  @Test
  void onlyWhatIsOutsideTheSpreadIsWorse() {
    BenchResult older = result(series("help", 0.4, 0.6), series("small-per-hour", 2000, 2200));
    assertThat(
            BenchText.worse(
                older, result(series("help", 0.6, 0.9), series("small-per-hour", 1900, 2000))))
        .isEmpty();
    assertThat(
            BenchText.worse(
                older, result(series("help", 0.61, 0.9), series("small-per-hour", 1900, 1999))))
        .containsExactly("--help", "small backups an hour, two at a time");
    assertThat(BenchText.worse(older, result(series("help", 0.1, 0.2)))).isEmpty();
    assertThat(BenchText.compare(older, result(series("help", 0.7, 0.9))))
        .contains(
            "| --help | 0.50 (0.40 to 0.60) | 0.80 (0.70 to 0.90) | worse |",
            "| small backups an hour, two at a time | 2100 (2000 to 2200) | not measured | not compared |");
  }

  @Test
  void aFigureThatOnlyOneResultHasIsNamed() {
    assertThat(BenchText.compare(result(series("help", 0.4)), result(series("doctor", 0.5))))
        .contains(
            "| --help | 0.40 (0.40 to 0.40) | not measured | not compared |",
            "| doctor | not measured | 0.50 (0.50 to 0.50) | not compared |");
  }

  @Test
  void resultsAreReadAsTheyWereWritten() {
    BenchResult result = result(HAND, QUICK);
    assertThat(EvidenceJson.read(EvidenceJson.writeIndented(result), BenchResult.class))
        .isEqualTo(result);
  }

  @Test
  void thePictureShowsThePhasesOfTheRoundInTheMiddle() {
    String picture =
        BenchPicture.draw(
            result(
                series("hand", 3),
                series("hand: unpack", 2),
                series("hand: recover", 1),
                series("quick", 9, 2, 4),
                series("quick: restore", 1, 2, 1.5),
                series("quick: recover", 8, 0, 2.5)));
    assertThat(picture)
        .contains("by hand 3.00 s, pgproof, quick 4.00 s")
        .contains("by hand: restore 2.00 s, recover 1.00 s")
        .contains("quick: restore 1.50 s, recover 2.50 s");
  }

  @Test
  void thePageShowsTheRecordedResult() throws IOException {
    BenchResult recorded =
        EvidenceJson.read(Files.readString(Path.of("docs/benchmark.json")), BenchResult.class);
    List<String> rows =
        BenchText.of(recorded).stream()
            .filter(line -> line.endsWith("| reached |") || line.endsWith("| missed |"))
            .toList();
    assertThat(rows).hasSizeGreaterThan(15);
    assertThat(Files.readAllLines(Path.of("docs/benchmarks.md"))).containsAll(rows);
    assertThat(Path.of("docs/pictures/benchmark.svg")).hasContent(BenchPicture.draw(recorded));
  }

  private static List<String> lines(Series... series) {
    return BenchText.of(result(series));
  }

  private static Series series(String name, double... values) {
    return new Series(name, "s", Arrays.stream(values).boxed().toList());
  }

  private static BenchResult result(Series... series) {
    return new BenchResult(
        BenchResult.SCHEMA,
        Instant.parse("2026-12-01T18:00:00Z"),
        "pgproof 1",
        new BenchResult.Machine("A processor", 2, 24L << 30, "6.1", "ext2/ext3", 0.1),
        new BenchResult.Input(15, 3L << 30, 1L << 30, 250L << 20),
        3,
        Stream.of(series).toList());
  }
}
