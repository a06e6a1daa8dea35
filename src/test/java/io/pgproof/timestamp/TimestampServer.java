package io.pgproof.timestamp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pgproof.tlog.Pem;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/**
 * A time-stamping authority with a root and a certificate of its own, behind a small web server.
 */
public final class TimestampServer implements AutoCloseable {
  private static final ASN1ObjectIdentifier POLICY =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
  private static final Duration YEAR = Duration.ofDays(365);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final KeyPair key = keyPair();
  private final X509Certificate root;
  private final X509Certificate certificate;
  private long serial;

  /** The time that it states; null for now. */
  public volatile Instant time;

  /** What it does instead of a good answer; null for that. */
  public volatile Answer instead;

  /** Requests that it got. */
  public final AtomicInteger requests = new AtomicInteger();

  /** An answer to a request. */
  @FunctionalInterface
  public interface Answer {
    void to(byte[] request, HttpExchange exchange) throws Exception;
  }

  public TimestampServer() {
    this(Instant.now().minus(YEAR), Instant.now().plus(YEAR), KeyPurposeId.id_kp_timeStamping);
  }

  /**
   * @param from since when its certificates are valid
   * @param until until when they are
   * @param purpose of the certificate
   */
  public TimestampServer(Instant from, Instant until, KeyPurposeId purpose) {
    try {
      KeyPair rootKey = keyPair();
      X500Name rootName = new X500Name("CN=Test Root");
      JcaX509v3CertificateBuilder ca =
          new JcaX509v3CertificateBuilder(
              rootName,
              BigInteger.ONE,
              Date.from(from),
              Date.from(until),
              rootName,
              rootKey.getPublic());
      ca.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      root = sign(ca, rootKey);
      JcaX509v3CertificateBuilder own =
          new JcaX509v3CertificateBuilder(
              rootName,
              BigInteger.TWO,
              Date.from(from),
              Date.from(until),
              new X500Name("CN=Test TSA"),
              key.getPublic());
      own.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
      certificate = sign(own, rootKey);
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair issuer)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/stamp");
  }

  /** The root in PEM. */
  public String authorities() {
    try {
      return Pem.of("CERTIFICATE", root.getEncoded());
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A good answer to a request. */
  public byte[] stamp(byte[] request) {
    try {
      TimeStampTokenGenerator tokens =
          new TimeStampTokenGenerator(
              new JcaSimpleSignerInfoGeneratorBuilder()
                  .build("SHA256withECDSA", key.getPrivate(), certificate),
              new JcaDigestCalculatorProviderBuilder()
                  .build()
                  .get(
                      new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                          org.bouncycastle.asn1.oiw.OIWObjectIdentifiers.idSHA1)),
              POLICY);
      tokens.addCertificates(new JcaCertStore(List.of(certificate, root)));
      return new TimeStampResponseGenerator(tokens, Set.of(TSPAlgorithms.SHA256.getId()))
          .generate(
              new TimeStampRequest(request),
              BigInteger.valueOf(++serial),
              Date.from(time == null ? Instant.now() : time))
          .getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      requests.incrementAndGet();
      byte[] request = exchange.getRequestBody().readAllBytes();
      if (instead == null) {
        answer(exchange, stamp(request));
      } else {
        instead.to(request, exchange);
      }
    } catch (Exception e) {
      // The client has gone.
    }
  }

  /** Sends an answer of the right type. */
  public static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", TimestampRequest.ANSWER_TYPE);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
