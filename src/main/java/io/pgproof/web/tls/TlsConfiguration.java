package io.pgproof.web.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
@Profile("serve")
@EnableConfigurationProperties(TlsSettings.class)
class TlsConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(TlsConfiguration.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  @Bean
  @ConditionalOnProperty(name = TlsSwitch.BUNDLE_SETTING, havingValue = TlsSwitch.BUNDLE)
  TlsRenewal tlsRenewal(TlsSettings settings, Clock clock) {
    return new TlsRenewal(TlsFiles.of(settings), clock);
  }

  @Bean
  @ConditionalOnProperty(name = TlsSwitch.BUNDLE_SETTING, havingValue = TlsSwitch.BUNDLE)
  SslBundleRegistrar certificateOfThePages(TlsRenewal renewal) {
    return bundles -> renewal.start(bundles, EVERY);
  }

  @Bean
  SmartInitializingSingleton warningWithoutTls(TlsSettings settings, Environment environment) {
    return () -> {
      String address = environment.getProperty("server.address", "0.0.0.0");
      if (!settings.isOn()
          && !environment.containsProperty("server.forward-headers-strategy")
          && !isOfThisMachine(address)) {
        LOG.warn(
            "passwords and pages are not encrypted, and other machines reach them at {}. HINT: set {} and {}; or put a proxy "
                + "with TLS in front and set SERVER_FORWARD_HEADERS_STRATEGY, see docs/server.md",
            address,
            TlsSettings.CERTIFICATE,
            TlsSettings.KEY);
      }
    };
  }

  private static boolean isOfThisMachine(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
