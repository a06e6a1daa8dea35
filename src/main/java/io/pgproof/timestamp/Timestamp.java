package io.pgproof.timestamp;

import io.pgproof.proof.Digests;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TSPValidationException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * A time stamp that was checked.
 *
 * @param time when the authority says that it saw the bytes
 * @param authority the subject of its certificate
 * @param serial number of the time stamp, in hexadecimal
 */
public record Timestamp(Instant time, String authority, String serial) {

  /**
   * Checks a time stamp: it is over these bytes, the signature fits, the certificate is one for
   * time stamps, was valid at that time, and led to one of the authorities.
   *
   * @param answer the whole answer of the authority, in DER
   * @throws TimestampException when it is not good, or when that could not be checked
   */
  public static Timestamp read(byte[] answer, byte[] data, Authorities authorities)
      throws TimestampException {
    try {
      return checked(answer, data, authorities);
    } catch (RuntimeException e) {
      // The library throws unchecked exceptions of many kinds for malformed input.
      throw new TimestampException("it could not be checked: " + e);
    }
  }

  private static Timestamp checked(byte[] answer, byte[] data, Authorities authorities)
      throws TimestampException {
    TimeStampToken token = parse(answer).getTimeStampToken();
    if (token == null) {
      throw new TimestampException("it has no time stamp");
    }
    if (!token.getTimeStampInfo().getMessageImprintAlgOID().equals(TSPAlgorithms.SHA256)
        || !MessageDigest.isEqual(
            token.getTimeStampInfo().getMessageImprintDigest(), Digests.sha256().digest(data))) {
      throw new TimestampException("it is a time stamp of other bytes");
    }
    Instant time = token.getTimeStampInfo().getGenTime().toInstant();
    List<X509Certificate> certificates = certificates(token.getCertificates().getMatches(null));
    X509CertificateHolder holder =
        token.getCertificates().getMatches(null).stream()
            .filter(certificate -> token.getSID().match(certificate))
            .findFirst()
            .orElse(null);
    if (holder == null) {
      throw new TimestampException("it does not have the certificate that signed it");
    }
    X509Certificate signer = certificates(List.of(holder)).get(0);
    try {
      token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
    } catch (TSPValidationException e) {
      throw new TimestampException("its signature is not good: " + e.getMessage());
    } catch (TSPException | OperatorCreationException e) {
      throw new TimestampException("its signature could not be checked: " + e.getMessage());
    }
    authorities.require(signer, certificates, time);
    return new Timestamp(
        time,
        signer.getSubjectX500Principal().getName(),
        token.getTimeStampInfo().getSerialNumber().toString(16));
  }

  static TimeStampResponse parse(byte[] answer) throws TimestampException {
    try {
      return new TimeStampResponse(answer);
    } catch (TSPException | IOException | RuntimeException e) {
      // The parser throws whatever it stumbles over.
      throw new TimestampException(
          "it is not the answer of a time-stamping authority: it begins with "
              + HexFormat.of().formatHex(answer, 0, Math.min(answer.length, 8)));
    }
  }

  private static List<X509Certificate> certificates(Collection<X509CertificateHolder> holders)
      throws TimestampException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (X509CertificateHolder holder : holders) {
      try {
        certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
      } catch (CertificateException e) {
        throw new TimestampException("it has a certificate that cannot be read");
      }
    }
    return certificates;
  }
}
