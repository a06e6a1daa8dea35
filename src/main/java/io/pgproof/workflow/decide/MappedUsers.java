package io.pgproof.workflow.decide;

import io.pgproof.evidence.PersonIds;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which users of the machine are which people of the OpenID provider.
 *
 * @param issuer the provider's
 * @param commandUsers each the name of a user who asks for verifications on the command line, an
 *     equals sign, and the subject of the person at the provider
 */
@ConfigurationProperties("pgproof.oidc")
record MappedUsers(@Nullable String issuer, @DefaultValue List<String> commandUsers) {
  /**
   * @throws UsageException if a mapping is incomplete, or there is no issuer
   */
  PersonIds personIds() {
    Map<String, String> idsOfLocalNames = new TreeMap<>();
    for (String mapping : commandUsers) {
      int end = mapping.indexOf('=');
      String name = mapping.substring(0, Math.max(end, 0)).strip();
      String subject = mapping.substring(end + 1).strip();
      if (name.isEmpty() || subject.isEmpty()) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "PGPROOF_OIDC_COMMAND_USERS: '" + mapping + "' is not a user and a subject",
            "write USER=SUBJECT, separated by commas; audit list names the subject of each log-in");
      }
      if (issuer == null || issuer.isBlank()) {
        throw new UsageException(
            Reason.BAD_OPTION,
            "PGPROOF_OIDC_COMMAND_USERS is set, but PGPROOF_OIDC_ISSUER is not",
            "set both, or none");
      }
      idsOfLocalNames.put(name, PersonIds.of(issuer.strip(), subject, name));
    }
    return new PersonIds(idsOfLocalNames);
  }
}
