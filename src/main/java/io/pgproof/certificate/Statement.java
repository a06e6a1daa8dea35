package io.pgproof.certificate;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.pgproof.evidence.ControlResult;
import io.pgproof.proof.Check;
import io.pgproof.proof.Report;
import io.pgproof.proof.Verdict;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A certificate as JSON: a statement of in-toto, version 1, with the predicate test-result 0.1.
 * What that predicate has no member for stands in {@code pgproof}. A member that was not recorded
 * is {@code null}.
 */
record Statement(
    @JsonProperty("_type") String type,
    List<Subject> subject,
    String predicateType,
    Predicate predicate) {
  static final String TYPE = "https://in-toto.io/Statement/v1";
  static final String PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1";

  /** What the statement is about: a file of the backup, and its digest. */
  record Subject(String name, Map<String, String> digest) {}

  /**
   * @param result {@code PASSED}, {@code WARNED} or {@code FAILED}
   */
  record Predicate(
      String result,
      List<Descriptor> configuration,
      List<String> passedTests,
      List<String> warnedTests,
      List<String> failedTests,
      Facts pgproof) {}

  /** Something that took part in the run, by its digest or its address. */
  record Descriptor(
      String name,
      @Nullable String uri,
      @Nullable Map<String, String> digest,
      Map<String, String> annotations) {}

  /**
   * What the evidence of the run says.
   *
   * @param schema version of these members; members may be added
   * @param depth how much of the backup was checked
   * @param isolation null if the run did not reach a container
   * @param findings what was found against the backup
   * @param people what people decided about the run, or were asked to
   * @param controls what the last negative control of the target showed about each layer; null if
   *     there was none, or no target
   * @param review null if nobody has reviewed the results of that day, or no target
   */
  record Facts(
      int schema,
      String run,
      @Nullable String target,
      Verdict verdict,
      String reason,
      String message,
      Issued issued,
      Asked asked,
      Report.Period period,
      Report.@Nullable BackupFacts backup,
      Report.@Nullable ImageFacts image,
      Report.@Nullable RecoveryFacts recovery,
      @Nullable RecoveryPoint rpo,
      RecoveryTime rto,
      String depth,
      List<Check> checks,
      List<String> notChecked,
      List<String> notes,
      List<Finding> findings,
      @Nullable Isolation isolation,
      List<Deed> people,
      @Nullable List<Control> controls,
      @Nullable Review review,
      Log log,
      List<String> doesNotShow) {}

  /**
   * @param by who signed
   * @param key id of the key
   * @param program the version of pgproof that issued the certificate; null if it is unknown
   */
  record Issued(Instant at, String by, String key, @Nullable String program) {}

  record Asked(Instant at, String by, String path) {}

  /**
   * How old the newest data were.
   *
   * @param source where the time of the newest data is from
   */
  record RecoveryPoint(
      @Nullable Instant newest,
      @Nullable Long ageSeconds,
      long allowedSeconds,
      @Nullable Boolean met,
      @Nullable String source) {}

  /**
   * How long it took.
   *
   * @param restoreMillis restore, start and recovery together; null if recovery did not end well
   * @param objectiveSeconds null if there is no objective
   */
  record RecoveryTime(
      @Nullable Long restoreMillis,
      @Nullable Long objectiveSeconds,
      @Nullable Boolean met,
      @Nullable Long totalMillis,
      List<Report.PhaseFacts> phases) {}

  record Finding(String reason, String message) {}

  /**
   * @param container name of the last one
   * @param destroyedAt null if that is not recorded
   * @param filesRemovedAt null if that is not recorded, or they were kept
   */
  record Isolation(
      String container, @Nullable Instant destroyedAt, @Nullable Instant filesRemovedAt) {}

  /** What somebody did about the run. */
  record Deed(Instant at, String by, String kind, String what) {}

  /**
   * Whether a check found damage that it must find, in a copy of a proven backup of the target.
   *
   * @param control id of the negative control
   * @param at when it ended
   */
  record Control(String control, Instant at, @JsonUnwrapped ControlResult result) {}

  /**
   * What somebody decided in the review of a period that the verdict is in.
   *
   * @param from the first day of the period in UTC
   * @param to the last day
   * @param decision {@code sign} or {@code askForAction}
   */
  record Review(
      Instant at,
      String by,
      LocalDate from,
      LocalDate to,
      String decision,
      @Nullable String remark) {}

  /**
   * Where the log holds the evidence.
   *
   * @param size number of entries under the checkpoint
   * @param root hash of the tree under the checkpoint, in Base64
   * @param evidence SHA-256 of {@code evidence.ndjson}
   * @param entries one for each line of {@code evidence.ndjson}, in its order
   */
  record Log(String origin, long size, String root, String evidence, List<Entry> entries) {}

  /**
   * @param index from 0
   */
  record Entry(long index, String kind) {}
}
