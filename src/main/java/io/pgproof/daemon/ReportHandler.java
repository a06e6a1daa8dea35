package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.report.ConfiguredTargets;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.report.ReportFile;
import io.pgproof.report.ReportFiles;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Makes compliance reports. */
final class ReportHandler {
  private static final int PART_BYTES = 1 << 16;

  private final ReportFiles reports;
  private final StateDirectory state;
  private final Optional<CurrentConfiguration> current;

  /**
   * @param current empty in a process without an engine
   */
  ReportHandler(ReportFiles reports, StateDirectory state, Optional<CurrentConfiguration> current) {
    this.reports = reports;
    this.state = state;
    this.current = current;
  }

  /** Sends the report in parts. */
  Reply make(Request.MakeReport request, ReplySink replySink) throws IOException {
    try (ReportFile report =
        reports.make(
            request.period(),
            request.targets(),
            Optional.ofNullable(request.configured()).or(this::configured),
            request.format())) {
      report.copyTo(new BufferedOutputStream(new Parts(replySink), PART_BYTES));
      return new Reply.ReportMade(report.targets(), report.runs());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FindingException(Reason.INTERRUPTED, "interrupted before the report was made");
    }
  }

  private static final class Parts extends OutputStream {
    private final ReplySink replySink;
    private boolean first = true;

    Parts(ReplySink replySink) {
      this.replySink = replySink;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      replySink.send(new Reply.ReportBytes(first, Arrays.copyOfRange(bytes, from, from + length)));
      first = false;
    }
  }

  /**
   * Returns the targets of the configuration that applies, or else of the one that a server would
   * start with; empty if there is none.
   */
  private Optional<ConfiguredTargets> configured() {
    return current
        .map(CurrentConfiguration::get)
        .filter(configuration -> Files.exists(configuration.file()))
        .or(this::standard)
        .map(ConfiguredTargets::of);
  }

  private Optional<Configuration> standard() {
    Path file = state.path().resolve(Configuration.FILE);
    return Files.exists(file) ? Optional.of(Configuration.read(file)) : Optional.empty();
  }
}
