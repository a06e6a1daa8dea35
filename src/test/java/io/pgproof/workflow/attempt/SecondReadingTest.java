package io.pgproof.workflow.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Verdict;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class SecondReadingTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final Deque<Object> readings = new ArrayDeque<>();

  @Test
  void aSoundBackupIsReadOnce() throws Exception {
    readings.add("restored");
    assertThat(confirm(LONG)).isEqualTo("restored");
    assertThat(readings).isEmpty();
  }

  @Test
  void damageThatIsSeenTwiceRefutes() {
    readings.addAll(
        List.of(
            new Finding(Reason.ARCHIVE_CORRUPT, "damaged at byte 7", null, null),
            new Finding(Reason.ARCHIVE_CORRUPT, "damaged before byte 9", null, null)));
    assertFinding(LONG, Verdict.REFUTED, "damaged at byte 7");
    assertThat(readings).isEmpty();
  }

  @Test
  void damageThatIsNotSeenAgainDoesNotRefute() {
    readings.addAll(
        List.of(new Finding(Reason.ARCHIVE_CORRUPT, "damaged at byte 7", null, null), "restored"));
    assertFinding(
        LONG,
        Verdict.INCONCLUSIVE,
        "/backups/shop was read twice with different results: first damaged at byte 7; then nothing was wrong");
  }

  @Test
  void theSecondReadingCountsWhenItFindsSomethingElse() {
    readings.addAll(
        List.of(
            new Finding(Reason.ARCHIVE_CORRUPT, "damaged at byte 7", null, null),
            new Finding(Reason.BACKUP_UNREADABLE, "Input/output error", null, null)));
    assertFinding(LONG, Verdict.INCONCLUSIVE, "Input/output error");
  }

  @Test
  void whatDoesNotRefuteIsNotReadAgain() {
    readings.add(new Finding(Reason.ENVIRONMENT, "no space", null, null));
    assertFinding(LONG, Verdict.INCONCLUSIVE, "no space");
  }

  @Test
  void aFaultOfTheSecondReadingIsToldAsSuch() {
    readings.addAll(
        List.of(
            new Finding(Reason.ARCHIVE_CORRUPT, "damaged at byte 7", null, null),
            new IllegalStateException("the disk is gone")));
    assertThatThrownBy(() -> confirm(LONG)).hasMessage("the disk is gone");
  }

  /** Otherwise the limit would end it, and damage would be reported as a lack of time. */
  @Test
  void aReadingThatTookTooLongIsNotRepeated() {
    readings.add(new Finding(Reason.ARCHIVE_CORRUPT, "damaged at byte 7", null, null));
    assertFinding(Duration.ZERO, Verdict.REFUTED, "damaged at byte 7");
  }

  private void assertFinding(Duration limit, Verdict verdict, String message) {
    AbstractThrowableAssert<?, ?> thrown = assertThatThrownBy(() -> confirm(limit));
    thrown
        .asInstanceOf(type(FindingException.class))
        .extracting(FindingException::finding)
        .returns(verdict, Finding::verdict)
        .returns(message, Finding::message);
  }

  private Object confirm(Duration limit) throws Exception {
    return SecondReading.confirm(
        "/backups/shop",
        limit,
        () -> {
          Object next = readings.remove();
          if (next instanceof Finding finding) {
            throw new FindingException(finding);
          }
          if (next instanceof RuntimeException fault) {
            throw fault;
          }
          return next;
        });
  }
}
