package io.pgproof.certificate;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.LastControls;
import io.pgproof.evidence.ServerEvent.LogAnchored;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LoggedEntries;
import io.pgproof.limit.BusyException;
import io.pgproof.limit.ConcurrencyLimit;
import io.pgproof.proof.Digests;
import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.UsageException;
import io.pgproof.proof.Verdict;
import io.pgproof.tlog.LogDamagedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Issues certificates of runs, a few at a time, because a PDF needs memory and a processor.
 * Thread-safe.
 */
public final class Certificates {
  private static final String ASKED = Evidence.kind(Evidence.Asked.class);
  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);
  private static final int MOST_AT_ONCE = 2;
  private static final int MOST_WAITING = 20;

  private final CertificateKeys keys;
  private final EvidenceLog evidenceLog;
  private final LastControls lastControls;
  private final EvidenceSequencer sequencer;
  private final LoggedEntries loggedEntries;
  private final Clock clock;
  private final @Nullable String program;
  private final ConcurrencyLimit limit;

  /**
   * @param program name and version of this program; null if the version is unknown
   * @param patience how long a request waits for those before it
   */
  public Certificates(
      CertificateKeys keys,
      EvidenceLog evidenceLog,
      EvidenceSequencer sequencer,
      LoggedEntries loggedEntries,
      Clock clock,
      @Nullable String program,
      Duration patience) {
    this.keys = keys;
    this.evidenceLog = evidenceLog;
    this.lastControls = new LastControls(evidenceLog);
    this.sequencer = sequencer;
    this.loggedEntries = loggedEntries;
    this.clock = clock;
    this.program = program;
    this.limit =
        new ConcurrencyLimit(
            "other certificates are being issued", MOST_AT_ONCE, MOST_WAITING, patience);
  }

  /**
   * Issues a certificate of a run that was proven, stale or refuted.
   *
   * @throws UsageException for any other run
   * @throws BusyException if others are being issued
   * @throws FindingException when the evidence, its log or the key is damaged
   */
  public CertificatePack issue(String run) throws IOException {
    try {
      return limit.run(() -> issueNow(run));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FindingException(
          Reason.INTERRUPTED, "interrupted before the certificate was issued");
    }
  }

  private CertificatePack issueNow(String run) throws IOException {
    evidenceLog
        .removed(runId(run))
        .ifPresent(
            removed -> {
              throw new UsageException(
                  Reason.BAD_OPTION,
                  removed.describe() + ", so there is nothing to certify",
                  "use the certificate that was issued before, or the export");
            });
    List<EvidenceEntry> entries = evidenceLog.of(runId(run));
    EvidenceEntry verdict = verdictOf(run, entries);
    Report report = ((Evidence.VerdictReached) Evidence.read(verdict)).report();
    CertificateKeys.Current key = keys.current();
    Surroundings surroundings =
        Surroundings.of(evidenceLog, lastControls, report.target(), verdict.at());
    Set<Long> further = new LinkedHashSet<>(surroundings.entries());
    further.add(key.entry());
    LoggedEntries.Proven proven = logged(run, entries, further);
    Map<Long, EvidenceEntry> known =
        evidenceLog.of(new RunId(run)).stream()
            .collect(Collectors.toMap(EvidenceEntry::id, entry -> entry));
    // In the order of the log, in which a reader sees them; others came since.
    List<EvidenceEntry> certified =
        proven.entries().stream()
            .map(LoggedEntries.Entry::id)
            .filter(known::containsKey)
            .map(known::get)
            .toList();
    return pack(report, certified, surroundings, proven, key.key());
  }

  private static RunId runId(String text) {
    try {
      return new RunId(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(Reason.BAD_OPTION, String.valueOf(e.getMessage()), seeRuns());
    }
  }

  private static String seeRuns() {
    return "see " + Launcher.COMMAND + " runs for the ids of past runs";
  }

  private static EvidenceEntry verdictOf(String run, List<EvidenceEntry> entries) {
    if (entries.isEmpty() || !entries.get(0).kind().equals(ASKED)) {
      throw new UsageException(Reason.BAD_OPTION, "there is no run " + run, seeRuns());
    }
    Evidence.ControlRun control = ((Evidence.Asked) Evidence.read(entries.get(0))).control();
    if (control != null) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "run "
              + run
              + " is part of a "
              + control.describe()
              + ", so it says nothing about a backup",
          seeRuns());
    }
    EvidenceEntry verdict =
        entries.stream()
            .filter(entry -> entry.kind().equals(VERDICT))
            .reduce((one, next) -> next)
            .orElseThrow(
                () ->
                    new UsageException(
                        Reason.BAD_OPTION,
                        "run " + run + " has no verdict yet, so there is nothing to certify",
                        "wait for its verdict: " + Launcher.COMMAND + " show " + run));
    Report report = ((Evidence.VerdictReached) Evidence.read(verdict)).report();
    if (report.verdict() == Verdict.INCONCLUSIVE) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "run "
              + run
              + " is inconclusive, so there is nothing to certify: "
              + report.conclusion().message()
              + " ("
              + report.reason().code()
              + ")",
          "verify the backup again; "
              + Launcher.COMMAND
              + " show "
              + run
              + " shows the evidence of this run");
    }
    return verdict;
  }

  private LoggedEntries.Proven logged(String run, List<EvidenceEntry> entries, Set<Long> further)
      throws IOException {
    Set<Long> needed = new LinkedHashSet<>(entries.stream().map(EvidenceEntry::id).toList());
    needed.addAll(further);
    try {
      for (boolean all : List.of(false, true)) {
        sequencer.take(all);
        if (sequencer.damage().isPresent()) {
          throw notLogged(run, sequencer.damage().get());
        }
        LoggedEntries.Proven proven = loggedEntries.ofRun(run, further);
        if (proven.entries().stream()
            .map(LoggedEntries.Entry::id)
            .collect(Collectors.toSet())
            .containsAll(needed)) {
          return proven;
        }
      }
    } catch (LogDamagedException e) {
      throw notLogged(run, String.valueOf(e.getMessage()));
    }
    throw notLogged(run, "the log does not have all entries of the run");
  }

  private static FindingException notLogged(String run, String why) {
    return new FindingException(
        new Finding(
            Reason.ENVIRONMENT,
            "no certificate of run " + run + ": " + why.replaceFirst("(?s)\nHINT: .*", ""),
            "see the section 'When the log is damaged' in docs/evidence.md",
            null));
  }

  private CertificatePack pack(
      Report report,
      List<EvidenceEntry> entries,
      Surroundings surroundings,
      LoggedEntries.Proven proven,
      CertificateKey.Signing key) {
    SortedMap<String, byte[]> files = new TreeMap<>();
    byte[] evidence =
        utf8(
            proven.entries().stream()
                .map(entry -> entry.line() + "\n")
                .collect(Collectors.joining()));
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    requireClock(now, entries.get(entries.size() - 1).at());
    requireClock(now, key.key().validFrom());
    surroundings.times().forEach(time -> requireClock(now, time));
    Statement statement =
        new StatementWriter(entries, report, surroundings)
            .write(
                new Statement.Issued(now, key.key().identity(), key.key().id(), program),
                proven,
                evidence);
    byte[] json = StatementWriter.json(statement);
    files.put(CertificatePack.STATEMENT, json);
    files.put("certificate.json.sig", utf8(SshSignature.sign(json, key)));
    files.put("certificate.der", key.sign(json));
    CertificatePage page = new CertificatePage(statement, Digests.sha256(json));
    files.put(CertificatePack.HTML, page.html());
    files.put(CertificatePack.PDF, page.pdf());
    files.put(CertificatePack.EVIDENCE, evidence);
    for (LoggedEntries.Entry entry : proven.entries()) {
      files.put("proofs/" + entry.proof().index() + ".tlog-proof", utf8(entry.proof().text()));
    }
    files.put("checkpoint", utf8(proven.checkpoint()));
    files.put("log.pem", utf8(proven.key()));
    proven.stamp().ifPresent(stamp -> putStamp(files, stamp));
    files.put(CertificateKeys.PUBLIC_KEY, utf8(key.key().text()));
    files.put("allowed_signers", utf8(SshSignature.allowedSigner(key.key())));
    files.put(
        "VERIFY.txt",
        utf8(
            resource("VERIFY.txt")
                .replace("@STAMP@", proven.stamp().isPresent() ? resource("VERIFY-stamp.txt") : "")
                .replace("@RUN@", Objects.requireNonNull(report.run()))
                .replace("@IDENTITY@", key.key().identity())
                .replace("@UNTIL@", SshSignature.day(key.key().validUntil()))
                .replace("@DAY@", SshSignature.day(now))));
    files.put("VerifyPgproof.java", utf8(resource("VerifyPgproof.java")));
    byte[] sums = utf8(sums(files));
    files.put("SHA256SUMS", sums);
    files.put("SHA256SUMS.sig", utf8(SshSignature.sign(sums, key)));
    return new CertificatePack(report.run(), files);
  }

  private static void putStamp(SortedMap<String, byte[]> files, LogAnchored.Stamp stamp) {
    files.put("checkpoint.tsr", Base64.getDecoder().decode(stamp.answer()));
    if (stamp.trusted() != null) {
      files.put("tsa.pem", utf8(stamp.trusted()));
    }
  }

  /** Refuses what nobody could verify: a certificate that seems to be older than its evidence. */
  private static void requireClock(Instant now, Instant before) {
    if (now.isBefore(before)) {
      throw new FindingException(
          new Finding(
              Reason.ENVIRONMENT,
              "no certificate can be issued at "
                  + now
                  + ", because something in it was recorded later, at "
                  + before
                  + ": the clock was set back",
              "set the clock of this machine right, or wait until it has passed that time",
              null));
    }
  }

  private static String sums(Map<String, byte[]> files) {
    return files.entrySet().stream()
        .map(file -> Digests.sha256(file.getValue()) + "  " + file.getKey() + "\n")
        .collect(Collectors.joining());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Certificates.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read", e);
    }
  }
}
