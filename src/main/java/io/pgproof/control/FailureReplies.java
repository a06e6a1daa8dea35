package io.pgproof.control;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures of a request into replies. */
public final class FailureReplies {
  private static final Logger LOG = LoggerFactory.getLogger(FailureReplies.class);

  private FailureReplies() {}

  /** Runs a piece of work and sends the reply for the exception that it throws. */
  public static void run(ReplySink replySink, Work work) throws IOException {
    try {
      work.run();
    } catch (UsageException e) {
      replySink.send(new Reply.Refused(e.finding()));
    } catch (FindingException e) {
      replySink.send(new Reply.Failed(e.finding()));
    } catch (UncheckedIOException e) {
      replySink.send(failed(Objects.requireNonNull(e.getCause()), String.valueOf(e.getMessage())));
    } catch (IOException e) {
      replySink.send(failed(e, e.toString()));
    } catch (RuntimeException | Error e) {
      LOG.error("a request failed", e);
      replySink.send(
          new Reply.Failed(
              Finding.of(
                  Reason.INTERNAL, String.valueOf(e.getMessage() == null ? e : e.getMessage()))));
    }
  }

  /**
   * Returns the reply for a fault of the machine; if the cause is that the client is gone, the
   * reply goes nowhere either.
   */
  private static Reply failed(IOException fault, String what) {
    String cause = String.valueOf(fault.getMessage());
    return new Reply.Failed(
        Finding.of(Reason.ENVIRONMENT, what.contains(cause) ? what : what + ": " + cause));
  }

  /** Work that may find that the client is gone. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }
}
