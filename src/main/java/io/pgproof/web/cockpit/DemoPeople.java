package io.pgproof.web.cockpit;

import io.pgproof.workflow.model.Groups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Creates one user for each group of a demonstration, so that a newcomer can decide its tasks. The
 * passwords are random and only a file contains them.
 */
final class DemoPeople {
  private static final Map<String, String> GROUPS =
      Map.of(
          "operator", Groups.OPERATORS, "approver", Groups.APPROVERS, "auditor", Groups.AUDITORS);

  private final IdentityService identities;
  private final TransactionTemplate transaction;
  private final Path file;

  /**
   * @param file gets one line for each user: the id, a space, and the password
   */
  DemoPeople(IdentityService identities, TransactionTemplate transaction, Path file) {
    this.identities = identities;
    this.transaction = transaction;
    this.file = file.toAbsolutePath();
  }

  /**
   * Creates the users that do not exist, unless the file is still there from an earlier
   * demonstration. Changes no user that exists.
   *
   * @throws UncheckedIOException when the file cannot be written; no user is created then
   */
  void ensure() {
    if (identities.isReadOnly() || Files.exists(file)) {
      return;
    }
    Map<String, String> passwords = new LinkedHashMap<>();
    GROUPS.keySet().stream()
        .sorted()
        .filter(id -> identities.createUserQuery().userId(id).count() == 0)
        .forEach(id -> passwords.put(id, Passwords.random(identities)));
    if (passwords.isEmpty()) {
      return;
    }
    try {
      Passwords.write(
          file,
          passwords.entrySet().stream()
              .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
              .collect(Collectors.joining()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the passwords of the demonstration cannot be written to " + file, e);
    }
    transaction.executeWithoutResult(status -> passwords.forEach(this::create));
  }

  private void create(String id, String password) {
    User user = identities.newUser(id);
    user.setFirstName("Demo");
    user.setLastName(id);
    user.setPassword(password);
    identities.saveUser(user);
    identities.createMembership(id, GROUPS.get(id));
  }
}
