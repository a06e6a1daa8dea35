package io.pgproof.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class OpenIdSettingsTest {
  private final Map<String, Object> variables = new HashMap<>();
  @TempDir private Path place;

  @BeforeEach
  void complete() throws IOException {
    variables.put("PGPROOF_OIDC_ISSUER", "https://id.example.org/corp");
    variables.put("PGPROOF_OIDC_CLIENT_ID", "pgproof");
    variables.put(
        "PGPROOF_OIDC_CLIENT_SECRET_FILE",
        Files.writeString(place.resolve("secret"), "hush\n").toString());
    variables.put("PGPROOF_OIDC_OPERATORS", "dba, dba-oncall");
  }

  @Test
  void theVariablesAreRead() {
    OpenIdSettings settings = settings().checked();
    assertThat(settings.readSecret()).isEqualTo("hush");
    assertThat(settings.label()).isEqualTo("id.example.org");
    assertThat(settings.validity()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.scopes()).containsExactly("openid", "profile");
    assertThat(settings.groups())
        .containsEntry("backup-operators", List.of("dba", "dba-oncall"))
        .containsEntry("camunda-admin", List.of());
    assertThat(settings.toString()).doesNotContain("hush");
  }

  @Test
  void withoutAnIssuerThereIsNone() {
    variables.put("PGPROOF_OIDC_ISSUER", " ");
    assertThat(settings().isOn()).isFalse();
    variables.clear();
    assertThat(settings().isOn()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "ISSUER, nonsense, 'PGPROOF_OIDC_ISSUER: ''nonsense'' is no address'",
    "ISSUER, http://id.example.org/corp, 'PGPROOF_OIDC_ISSUER: ''http://id.example.org/corp'' is not encrypted'",
    "ISSUER, http://localhost.example.org, 'PGPROOF_OIDC_ISSUER: ''http://localhost.example.org'' is not encrypted'",
    "ISSUER, http://127.0.0.1.example.org, 'PGPROOF_OIDC_ISSUER: ''http://127.0.0.1.example.org'' is not encrypted'",
    "ISSUER, ftp://127.0.0.1/corp, 'PGPROOF_OIDC_ISSUER: ''ftp://127.0.0.1/corp'' is not encrypted'",
    "CLIENT_ID, '', PGPROOF_OIDC_CLIENT_ID: it is missing",
    "CLIENT_SECRET_FILE, '', PGPROOF_OIDC_CLIENT_SECRET_FILE: it is missing",
    "CLIENT_SECRET_FILE, /gone, PGPROOF_OIDC_CLIENT_SECRET_FILE: the file /gone does not exist",
    "SCOPES, profile, PGPROOF_OIDC_SCOPES: openid is missing",
    "OPERATORS, '', PGPROOF_OIDC_OPERATORS: no group of the provider leads to one of pgproof"
  })
  void aWrongSettingIsNamed(String setting, String value, String message) {
    variables.put("PGPROOF_OIDC_" + setting, value);
    assertThatThrownBy(() -> settings().checked())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8080/corp",
        "http://127.0.0.1/corp",
        "http://[::1]:8080/corp",
        " HTTPS://id.example.org "
      })
  void anEncryptedProviderOrOneOfThisMachineIsAllowed(String issuer) {
    variables.put("PGPROOF_OIDC_ISSUER", issuer);
    assertThat(settings().checked().isOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "soon, 'PGPROOF_OIDC_VALID_FOR: ''soon'' is not a duration'",
    "59s, PGPROOF_OIDC_VALID_FOR: 59s is too short"
  })
  void aValidityOfNoUseIsRefused(String validFor, String message) {
    variables.put("PGPROOF_OIDC_VALID_FOR", validFor);
    assertThatThrownBy(() -> settings().validity())
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void groupsMayLieInObjects() {
    Map<String, Object> claims =
        Map.of("roles", "one", "https://x/y", List.of("two"), "a", Map.of("b", List.of("c", 7)));
    assertThat(OpenIdPeople.values(claims, "roles")).isEqualTo(Set.of("one"));
    assertThat(OpenIdPeople.values(claims, "https://x/y")).isEqualTo(Set.of("two"));
    assertThat(OpenIdPeople.values(claims, "a.b")).isEqualTo(Set.of("c", "7"));
    assertThat(OpenIdPeople.values(claims, "a.x.y")).isEmpty();
  }

  private OpenIdSettings settings() {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    ConfigurationPropertySources.attach(environment);
    return Binder.get(environment).bindOrCreate("pgproof.oidc", OpenIdSettings.class);
  }
}
