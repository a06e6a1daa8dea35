package io.pgproof.report;

import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.limit.BusyException;
import io.pgproof.limit.ConcurrencyLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Makes reports, one at a time for everybody who asks for one, because a long period needs much
 * memory and a processor. A report is made before its first byte is sent, so that a slow or lost
 * reader keeps nobody waiting.
 */
public final class ReportFiles {
  private static final int MOST_AT_ONCE = 1;
  private static final int MOST_WAITING = 3;

  private final ComplianceReports reports;
  private final Path directory;
  private final ConcurrencyLimit limit;

  /**
   * @param directory where the files lie until they are closed
   * @param patience how long a request waits for the reports before it
   */
  public ReportFiles(ComplianceReports reports, Path directory, Duration patience) {
    this.reports = reports;
    this.directory = directory;
    this.limit =
        new ConcurrencyLimit("other reports are being made", MOST_AT_ONCE, MOST_WAITING, patience);
  }

  /**
   * Makes a report; the caller closes it.
   *
   * @param chosen names of targets; empty for all that are configured or have runs in the period
   * @param configured empty if no configuration is at hand
   * @throws BusyException if other reports are being made
   * @throws io.pgproof.proof.UsageException {@code bad-option} for an unknown target
   * @throws InterruptedException while it waits; nothing was made
   */
  public ReportFile make(
      DayPeriod days,
      Collection<String> chosen,
      Optional<ConfiguredTargets> configured,
      ReportFormat format)
      throws IOException, InterruptedException {
    return limit.run(() -> write(days, chosen, configured, format));
  }

  private ReportFile write(
      DayPeriod days,
      Collection<String> chosen,
      Optional<ConfiguredTargets> configured,
      ReportFormat format)
      throws IOException {
    try {
      return reports.make(
          days,
          chosen,
          configured,
          report -> {
            try {
              return ReportFile.write(report, format, directory);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw new IOException("the report could not be written: " + e.getMessage(), e);
    }
  }

  /** Returns how many requests wait for the report that is being made. */
  int waiting() {
    return limit.waiting();
  }
}
