package io.pgproof.workflow.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.backup.damage.Layer;
import io.pgproof.proof.Check;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report.Coverage;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a run tells something about the check of a layer. */
class JudgeCopyTest {
  private static final Set<Reason> NOTHING = Set.of();

  private static Check passed(String name) {
    return Check.passed(name, "", Duration.ZERO);
  }

  private static Check failed(String name) {
    return Check.failed(name, "", Duration.ZERO);
  }

  private static VerificationRequest target(Settings settings) {
    return settings.request(Optional.of("shop"), Path.of("/backups/shop"), "olga");
  }

  private static final VerificationRequest ALONE =
      target(Settings.NONE.with(Setting.ASSERTIONS, List.of("select true")));

  private static Optional<String> why(
      Layer layer, List<Check> checks, Set<Reason> found, VerificationRequest target) {
    return why(layer, new Coverage(checks, List.of(), List.of()), found, target);
  }

  private static Optional<String> why(
      Layer layer, Coverage coverage, Set<Reason> found, VerificationRequest target) {
    return JudgeCopy.couldNotTell(layer, 2, Optional.empty(), coverage, found, target);
  }

  @ParameterizedTest
  @EnumSource(
      value = Layer.class,
      names = {"ARCHIVE", "MANIFEST", "PAGE", "WAL", "INDEX", "ROW"})
  void aCheckOfTheCopyTellsIfItWasMade(Layer layer) {
    assertThat(why(layer, List.of(passed(layer.check())), NOTHING, ALONE)).isEmpty();
    assertThat(why(layer, List.of(failed(layer.check())), NOTHING, ALONE)).isEmpty();
    assertThat(why(layer, List.of(passed("other")), NOTHING, ALONE))
        .contains("the run reached no verdict");
    assertThat(why(layer, List.of(Check.skipped(layer.check(), "no image")), NOTHING, ALONE))
        .contains("the run reached no verdict");
  }

  /** All WAL behind the backup is replayed, too, and may repair what was damaged. */
  @ParameterizedTest
  @EnumSource(
      value = Layer.class,
      names = {"PAGE", "INDEX", "ROW"})
  void withAWalArchiveOnlyAFailureTells(Layer layer) {
    VerificationRequest target = target(Settings.NONE.with(Setting.WAL_ARCHIVE, Path.of("/wal")));
    assertThat(why(layer, List.of(failed(layer.check())), NOTHING, target)).isEmpty();
    assertThat(why(layer, List.of(passed(layer.check())), NOTHING, target))
        .contains("the WAL archive may have written the damaged part anew");
  }

  /** Two databases are damaged; a check of more than the others must find it. */
  @Test
  void aCheckThatMayHaveLeftOutTheDamagedDatabasesTellsNothing() {
    String one = "indexes: the database template0, which allows no connections";
    String other = "indexes: the database shop, which allows no connections";
    List<Check> made = List.of(passed("indexes"));
    List<String> twoLeftOut = List.of("every row", one, other);
    assertThat(why(Layer.INDEX, new Coverage(made, twoLeftOut, List.of()), NOTHING, ALONE))
        .contains(
            "the databases with the damage may be those that the check left out: "
                + one
                + ", and 1 more");
    assertThat(why(Layer.INDEX, new Coverage(made, List.of(one), List.of()), NOTHING, ALONE))
        .isEmpty();
    List<Check> caught = List.of(failed("indexes"));
    assertThat(why(Layer.INDEX, new Coverage(caught, twoLeftOut, List.of()), NOTHING, ALONE))
        .isEmpty();
  }

  @Test
  void anAssertionThatWasNotAskedTellsNothing() {
    List<Check> checks = List.of(failed("assertion:1"), passed("assertion:2"));
    assertThat(why(Layer.ASSERTION, checks, Set.of(Reason.ASSERTION_FAILED), ALONE)).isEmpty();
    assertThat(why(Layer.ASSERTION, checks, Set.of(Reason.QUERY_FAILED), ALONE))
        .contains("the assertion could not be asked");
  }

  @Test
  void anAssertionThatBecameFalseIsNotMissed() {
    assertThat(
            why(
                Layer.ASSERTION,
                List.of(passed("assertion:1"), passed("assertion:2")),
                NOTHING,
                ALONE))
        .isEmpty();
    assertThat(
            why(
                Layer.ASSERTION,
                List.of(passed("assertion:1"), failed("assertion:2")),
                Set.of(Reason.ASSERTION_FAILED),
                ALONE))
        .contains("the assertion has become false since the backup was proven");
  }

  @Test
  void anAgeThatWasNotMeasuredTellsNothing() {
    assertThat(why(Layer.FRESHNESS, List.of(failed("freshness")), NOTHING, ALONE)).isPresent();
    assertThat(why(Layer.FRESHNESS, List.of(passed("freshness")), NOTHING, ALONE)).isPresent();
  }
}
