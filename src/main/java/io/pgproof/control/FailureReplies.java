package io.pgproof.control;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replies that tell what went wrong with a request. */
public final class FailureReplies {
  private static final Logger LOG = LoggerFactory.getLogger(FailureReplies.class);

  private FailureReplies() {}

  /** Turns what a piece of work throws into the answer that says so. */
  public static void during(ReplySink replySink, Work work) throws IOException {
    try {
      work.run();
    } catch (UsageException e) {
      replySink.hear(new Reply.Refused(e.reason().code(), e.getMessage(), e.hint()));
    } catch (FindingException e) {
      Finding finding = e.finding();
      replySink.hear(
          new Reply.Failed(
              finding.reason().code(), finding.message(), finding.hint(), finding.words()));
    } catch (UncheckedIOException e) {
      replySink.hear(failed(e.getCause(), e.getMessage()));
    } catch (IOException e) {
      replySink.hear(failed(e, e.toString()));
    } catch (RuntimeException | Error e) {
      LOG.error("a request failed", e);
      replySink.hear(
          new Reply.Failed(
              Reason.INTERNAL.code(),
              String.valueOf(e.getMessage() == null ? e : e.getMessage()),
              Reason.INTERNAL.hint(),
              null));
    }
  }

  /** A fault of the machine; where it was that nobody listens, nobody hears this either. */
  private static Reply failed(IOException fault, String what) {
    String cause = String.valueOf(fault.getMessage());
    return new Reply.Failed(
        Reason.ENVIRONMENT.code(),
        what.contains(cause) ? what : what + ": " + cause,
        Reason.ENVIRONMENT.hint(),
        null);
  }

  /** Work that may find that nobody listens. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }
}
