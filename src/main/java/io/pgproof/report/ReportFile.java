package io.pgproof.report;

import io.pgproof.evidence.report.ComplianceReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A report that was made, as a file without a name: it takes room on the disk until it is closed,
 * and leaves nothing behind if the process is killed.
 *
 * @param targets how many targets the report is about
 * @param runs how many runs of them have a verdict
 */
public record ReportFile(ComplianceReport.Span period, int targets, int runs, FileChannel content)
    implements AutoCloseable {

  /** Writes a report to a file in this directory. */
  static ReportFile write(ComplianceReport report, ReportFormat format, Path directory)
      throws IOException {
    Path name = Files.createTempFile(directory, ".report-", null);
    FileChannel content = FileChannel.open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Files.delete(name);
      format.write(report, Channels.newOutputStream(content));
      return new ReportFile(report.period(), report.targets().size(), report.count(), content);
    } catch (IOException | RuntimeException | Error e) {
      content.close();
      throw e;
    }
  }

  /** Returns the size in bytes. */
  public long size() throws IOException {
    return content.size();
  }

  /** Writes the whole report; the stream stays open. */
  public void copyTo(OutputStream out) throws IOException {
    content.position(0);
    Channels.newInputStream(content).transferTo(out);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
