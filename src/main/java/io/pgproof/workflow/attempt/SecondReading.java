package io.pgproof.workflow.attempt;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a backup again before what was found in it refutes it. A fault of this machine, such as of
 * its memory, looks like damage, but differs from one reading to the next.
 */
final class SecondReading {
  private static final Logger LOG = LoggerFactory.getLogger(SecondReading.class);

  private SecondReading() {}

  /**
   * Returns what the first reading returns.
   *
   * @param what is read, for a person to read
   * @param limit for both readings together; the second is left out if the first took more than
   *     half of it, because it could not end
   * @throws FindingException the finding of the first reading, if it does not refute the backup or
   *     the second one makes a finding with the same reason; the finding of the second reading, if
   *     it has another reason; {@code environment}, if the second reading finds nothing
   */
  static <T> T confirm(String what, Duration limit, Callable<T> reading) throws Exception {
    long start = System.nanoTime();
    FindingException first;
    try {
      return reading.call();
    } catch (FindingException e) {
      first = e;
    }
    Finding found = first.finding();
    if (!found.refutes() || (System.nanoTime() - start) * 2 > limit.toNanos()) {
      throw first;
    }
    LOG.info("reading {} again, because the first reading found: {}", what, found.message());
    try {
      reading.call();
    } catch (FindingException second) {
      throw second.finding().reason() == found.reason() ? first : second;
    }
    throw new FindingException(
        new Finding(
            Reason.ENVIRONMENT,
            what
                + " was read twice with different results: first "
                + found.message()
                + "; then nothing was wrong",
            "test the memory of this machine, such as with memtester, then verify again",
            null),
        first);
  }
}
