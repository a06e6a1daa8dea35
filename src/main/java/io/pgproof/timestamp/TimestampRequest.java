package io.pgproof.timestamp;

import io.pgproof.proof.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TSPValidationException;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

/**
 * A request for a time stamp over the SHA-256 of some bytes, with a nonce; the answer must have the
 * authority's certificate. The authority sees the hash only.
 */
public final class TimestampRequest {
  /** Media type of a request. */
  public static final String TYPE = "application/timestamp-query";

  /** Media type of an answer. */
  public static final String ANSWER_TYPE = "application/timestamp-reply";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BITS = 64;

  private final byte[] data;
  private final org.bouncycastle.tsp.TimeStampRequest request;

  public TimestampRequest(byte[] data) {
    this.data = data.clone();
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    this.request =
        generator.generate(
            TSPAlgorithms.SHA256,
            Digests.sha256().digest(data),
            new BigInteger(NONCE_BITS, RANDOM));
  }

  /** Returns the request in DER. */
  public byte[] encoded() {
    try {
      return request.getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks an answer: it grants this request, it has its nonce, and it is a good time stamp as
   * {@link Timestamp#read} checks it.
   *
   * @param answer in DER
   * @param authorities certificates that the authority's must lead to
   */
  public Timestamp accept(byte[] answer, Authorities authorities) throws TimestampException {
    TimeStampResponse response = Timestamp.parse(answer);
    try {
      response.validate(request);
    } catch (TSPValidationException e) {
      throw new TimestampException("it is not an answer to the request: " + e.getMessage());
    } catch (TSPException e) {
      throw new TimestampException("it is not an answer: " + e.getMessage());
    }
    return Timestamp.read(answer, data, authorities);
  }
}
