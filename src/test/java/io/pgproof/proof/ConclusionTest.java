package io.pgproof.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConclusionTest {
  private static final String PROVEN = "the backup restores";

  /** Whatever the order in which they were found. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      nullValues = "none",
      value = {
        "none,                                            fresh,             proven,       0",
        "too-old,                                         too-old,           stale,        3",
        "query-failed,                                    query-failed,      inconclusive, 1",
        "interrupted,                                     interrupted,       inconclusive, 1",
        "wal-missing,                                     wal-missing,       refuted,      4",
        "too-old query-failed,                            query-failed,      inconclusive, 1",
        "too-old assertion-failed,                        assertion-failed,  refuted,      4",
        "interrupted assertion-failed,                    assertion-failed,  refuted,      4",
        "too-old clock archive-corrupt,                   archive-corrupt,   refuted,      4",
        "too-old out-of-memory inconsistent,              inconsistent,      refuted,      4"
      })
  void theMostSevereFindingDecides(String findings, String reason, String word, int status) {
    List<Finding> found =
        new ArrayList<>(
            findings == null
                ? List.of()
                : Arrays.stream(findings.split(" "))
                    .map(code -> Finding.of(Reason.of(code), code + " it is"))
                    .toList());
    for (int turn = 0; turn <= found.size(); turn++) {
      Conclusion conclusion = reach(found);
      assertThat(conclusion.verdict().word()).as(found.toString()).isEqualTo(word);
      assertThat(conclusion.reason().code()).isEqualTo(reason);
      assertThat(conclusion.message()).isEqualTo(findings == null ? PROVEN : reason + " it is");
      assertThat(conclusion.verdict().exitStatus()).isEqualTo(status);
      Collections.rotate(found, 1);
    }
    Collections.reverse(found);
    assertThat(reach(found).verdict().word()).isEqualTo(word);
  }

  @Test
  void theFirstFindingOfAKindDecides() {
    Finding first = Finding.of(Reason.ASSERTION_FAILED, "the first is false");
    Finding second = Finding.of(Reason.INDEX_CORRUPT, "an index, too");

    assertThat(reach(List.of(first, second)).message()).isEqualTo("the first is false");
    assertThat(reach(List.of(second, first)).reason()).isEqualTo(Reason.INDEX_CORRUPT);
  }

  /** With all the evidence that a proof needs. */
  private static Conclusion reach(List<Finding> findings) {
    CompleteEvidenceTest.Facts facts = new CompleteEvidenceTest.Facts(Depth.DEEP);
    facts.findings.addAll(findings);
    return Conclusion.reach(facts.facts(), PROVEN);
  }
}
