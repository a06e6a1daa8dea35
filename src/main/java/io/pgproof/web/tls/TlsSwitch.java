package io.pgproof.web.tls;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Turns everything on that follows from a certificate for the pages. */
final class TlsSwitch implements EnvironmentPostProcessor {
  static final String BUNDLE_SETTING = "server.ssl.bundle";
  static final String BUNDLE = "pages";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (Binder.get(environment).bindOrCreate("pgproof.tls", TlsSettings.class).isOn()) {
      environment
          .getPropertySources()
          .addFirst(
              new MapPropertySource(
                  "pgproof.tls",
                  Map.of(
                      BUNDLE_SETTING,
                      BUNDLE,
                      "server.servlet.session.cookie.secure",
                      true,
                      "camunda.bpm.webapp.csrf.enable-secure-cookie",
                      true,
                      "camunda.bpm.webapp.session-cookie.enable-secure-cookie",
                      true)));
    }
  }
}
