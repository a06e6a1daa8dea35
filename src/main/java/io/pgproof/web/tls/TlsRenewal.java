package io.pgproof.web.tls;

import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStore;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;

/**
 * Uses the certificate, and uses a renewed one without a restart.
 *
 * <p>The watch of Spring Boot's bundles is not enough: a renewed file that is broken would be a
 * stack trace in the log, and two files that are replaced one after the other would be broken for a
 * moment.
 */
final class TlsRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsRenewal.class);

  private final TlsFiles files;
  private final Clock clock;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tls-renewal");
            thread.setDaemon(true);
            return thread;
          });

  private List<String> used = List.of();
  private List<String> seen = List.of();

  TlsRenewal(TlsFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  /**
   * Registers the certificate, and follows its files from then on.
   *
   * @param every time between two looks at the files; a change is used at the second look that
   *     finds it
   * @throws UsageException if the files cannot be used
   */
  void start(SslBundleRegistry bundles, Duration every) {
    used = state();
    seen = used;
    bundles.registerBundle(TlsSwitch.BUNDLE, read());
    var unused =
        watch.scheduleWithFixedDelay(
            () -> look(bundles), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(SslBundleRegistry bundles) {
    List<String> now = state();
    boolean settled = now.equals(seen);
    seen = now;
    if (now.equals(used) || !settled) {
      return;
    }
    used = now;
    try {
      bundles.updateBundle(TlsSwitch.BUNDLE, read());
    } catch (UsageException e) {
      LOG.warn(
          "the changed certificate is not used, the pages are served with the one before: {}. HINT: {}",
          e.getMessage(),
          e.finding().hint());
    } catch (RuntimeException e) {
      LOG.warn(
          "the changed certificate in {} is not used, the pages are served with the one before: {}",
          files.certificate(),
          e.toString());
    }
  }

  private SslBundle read() {
    PemSslStore store = files.read();
    Instant end = ends(store);
    if (end.isBefore(clock.instant())) {
      LOG.warn(
          "the certificate in {} expired at {}, so browsers refuse the pages. HINT: renew it",
          files.certificate(),
          end);
    } else {
      LOG.info(
          "the pages are served with the certificate in {}, valid until {}",
          files.certificate(),
          end);
    }
    return SslBundle.of(new PemSslStoreBundle(store, null));
  }

  private static Instant ends(PemSslStore store) {
    return store.certificates().stream()
        .map(X509Certificate::getNotAfter)
        .min(Date::compareTo)
        .orElseThrow()
        .toInstant();
  }

  /** What tells a file from the one that was in its place before; links are followed. */
  private List<String> state() {
    return Stream.of(files.certificate(), files.key()).map(TlsRenewal::state).toList();
  }

  private static String state(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.fileKey()
          + " "
          + found.size()
          + " "
          + found.lastModifiedTime()
          + " "
          + Files.getAttribute(file, "unix:ctime");
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
