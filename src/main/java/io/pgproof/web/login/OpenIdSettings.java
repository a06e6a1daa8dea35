package io.pgproof.web.login;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.secret.SecretFile;
import io.pgproof.target.Durations;
import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The OpenID provider at which people can log in; without an issuer there is none.
 *
 * @param name what the log-in page calls the provider; its host if it is missing
 * @param groupsClaim claim with a person's groups at the provider; dots lead into objects
 * @param administrators groups at the provider whose members get pgproof's group; so are the three
 *     that follow
 * @param validFor how long after a log-in the provider's word counts
 */
@ConfigurationProperties("pgproof.oidc")
record OpenIdSettings(
    @Nullable String issuer,
    @Nullable String clientId,
    @Nullable String clientSecretFile,
    @Nullable String name,
    @DefaultValue({"openid", "profile"}) List<String> scopes,
    @DefaultValue("preferred_username") String userNameClaim,
    @DefaultValue("name") String displayNameClaim,
    @DefaultValue("groups") String groupsClaim,
    @DefaultValue List<String> administrators,
    @DefaultValue List<String> operators,
    @DefaultValue List<String> approvers,
    @DefaultValue List<String> auditors,
    @DefaultValue("1h") String validFor) {
  private static final Pattern OF_THIS_MACHINE =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]");
  private static final String PREFIX = "PGPROOF_OIDC_";
  private static final Duration SHORTEST_VALIDITY = Duration.ofMinutes(1);

  boolean isOn() {
    return issuer != null && !issuer.isBlank();
  }

  /**
   * @throws UsageException if a setting is missing or wrong; names it
   */
  OpenIdSettings checked() {
    String host = host();
    if (host == null) {
      throw wrong("ISSUER", "'" + issuer + "' is no address", "write https://HOST/PATH");
    }
    if (!isSafe(host)) {
      throw wrong(
          "ISSUER",
          "'" + issuer + "' is not encrypted, so others could say who somebody is",
          "write https://HOST/PATH; http is allowed only for a provider on this machine");
    }
    if (clientId == null || clientId.isBlank()) {
      throw wrong("CLIENT_ID", "it is missing", "set it to the id that the provider gave pgproof");
    }
    if (!scopes.contains("openid")) {
      throw wrong("SCOPES", "openid is missing", "add it");
    }
    if (groups().values().stream().allMatch(List::isEmpty)) {
      throw wrong(
          "OPERATORS",
          "no group of the provider leads to one of pgproof, so nobody could enter",
          "name groups in PGPROOF_OIDC_ADMINISTRATORS, _OPERATORS, _APPROVERS or _AUDITORS");
    }
    readSecret();
    return this;
  }

  /** Returns which groups at the provider lead to each group of pgproof. */
  Map<String, List<String>> groups() {
    return Map.of(
        Groups.ADMINISTRATORS, administrators,
        Groups.OPERATORS, operators,
        Groups.APPROVERS, approvers,
        Groups.AUDITORS, auditors);
  }

  /**
   * Reads the secret with which pgproof proves itself to the provider.
   *
   * @throws UsageException if there is none
   */
  String readSecret() {
    try {
      return secretFile().read();
    } catch (IOException e) {
      throw wrong(
          "CLIENT_SECRET_FILE", String.valueOf(e.getMessage()), "name a file with the secret only");
    }
  }

  SecretFile secretFile() {
    if (clientSecretFile == null || clientSecretFile.isBlank()) {
      throw wrong("CLIENT_SECRET_FILE", "it is missing", "name a file with the client's secret");
    }
    return new SecretFile(Path.of(clientSecretFile.strip()).toAbsolutePath());
  }

  /**
   * @throws UsageException if it is no duration, or shorter than a minute
   */
  Duration validity() {
    Duration validity;
    try {
      validity = Durations.parse(validFor);
    } catch (IllegalArgumentException e) {
      throw wrong("VALID_FOR", String.valueOf(e.getMessage()), "write a duration such as 1h");
    }
    if (validity.compareTo(SHORTEST_VALIDITY) < 0) {
      throw wrong("VALID_FOR", Durations.write(validity) + " is too short", "write at least 1m");
    }
    return validity;
  }

  String label() {
    return name == null || name.isBlank() ? String.valueOf(host()) : name.strip();
  }

  private boolean isSafe(String host) {
    String scheme = URI.create(String.valueOf(issuer).strip()).getScheme();
    return "https".equalsIgnoreCase(scheme)
        || ("http".equalsIgnoreCase(scheme) && OF_THIS_MACHINE.matcher(host).matches());
  }

  private @Nullable String host() {
    try {
      return URI.create(String.valueOf(issuer).strip()).getHost();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static UsageException wrong(String setting, String message, String hint) {
    return new UsageException(Reason.BAD_OPTION, PREFIX + setting + ": " + message, hint);
  }
}
