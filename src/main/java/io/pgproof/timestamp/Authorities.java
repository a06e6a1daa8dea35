package io.pgproof.timestamp;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The certificates that a time stamp must lead to, as OpenSSL takes them with {@code -CAfile}: the
 * self-signed ones are trusted, and the others help to reach them.
 */
public final class Authorities {
  /** Any authority: the chain is not checked. */
  public static final Authorities ANY = new Authorities("", List.of());

  private final String pem;
  private final List<X509Certificate> certificates;

  private Authorities(String pem, List<X509Certificate> certificates) {
    this.pem = pem;
    this.certificates = List.copyOf(certificates);
  }

  /**
   * Reads certificates in PEM.
   *
   * @throws TimestampException when there is none, or none of them is self-signed
   */
  public static Authorities of(String pem) throws TimestampException {
    Collection<? extends Certificate> read;
    try {
      read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
    } catch (CertificateException e) {
      throw new TimestampException("the trusted certificates are not in PEM: " + e.getMessage());
    }
    Authorities authorities =
        new Authorities(pem, read.stream().map(X509Certificate.class::cast).toList());
    if (authorities.anchors().isEmpty()) {
      throw new TimestampException(
          "there is no self-signed certificate of an authority among "
              + read.size()
              + " certificates");
    }
    return authorities;
  }

  /** Returns the certificates in PEM; empty for any authority. */
  public String pem() {
    return pem;
  }

  private Set<TrustAnchor> anchors() {
    return certificates.stream()
        .filter(
            certificate ->
                certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
        .map(certificate -> new TrustAnchor(certificate, null))
        .collect(Collectors.toSet());
  }

  /** Checks that a certificate led to one of these when it was used. */
  void require(X509Certificate signer, Collection<X509Certificate> others, Instant at)
      throws TimestampException {
    if (certificates.isEmpty()) {
      return;
    }
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(signer);
    List<X509Certificate> known = new ArrayList<>(others);
    known.addAll(certificates);
    known.add(signer);
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(), target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(at));
      var unused = CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (CertPathBuilderException e) {
      throw new TimestampException(
          "the certificate of "
              + signer.getSubjectX500Principal()
              + " does not lead to a trusted one that was valid at "
              + at
              + ": "
              + reason(e));
    } catch (GeneralSecurityException e) {
      throw new TimestampException("the certificates cannot be checked: " + e.getMessage());
    }
  }

  private static String reason(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }
}
