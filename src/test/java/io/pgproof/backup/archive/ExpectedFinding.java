package io.pgproof.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches the finding that ends a step. */
public final class ExpectedFinding {
  private ExpectedFinding() {}

  public static Finding by(ThrowingCallable step) {
    Throwable thrown = catchThrowable(step);
    assertThat(thrown).isInstanceOf(FindingException.class);
    return ((FindingException) thrown).finding();
  }

  public static void expect(Reason reason, String words, ThrowingCallable step) {
    Finding finding = by(step);
    assertThat(finding.reason()).as(finding.message()).isEqualTo(reason);
    assertThat(finding.message()).contains(words);
  }
}
