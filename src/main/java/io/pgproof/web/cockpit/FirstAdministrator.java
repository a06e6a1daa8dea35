package io.pgproof.web.cockpit;

import static org.camunda.bpm.engine.authorization.Groups.CAMUNDA_ADMIN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.identity.User;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Creates the user {@code admin} when there is no administrator, with a password that only a file
 * contains.
 */
final class FirstAdministrator {
  static final String ID = "admin";

  private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);

  /** Mode of a regular file that only its owner may read and write, as the kernel encodes it. */
  private static final int PRIVATE_FILE = 0100600;

  private final IdentityService identities;
  private final TransactionTemplate transaction;
  private final Path file;

  FirstAdministrator(ProcessEngine engine, TransactionTemplate transaction, Path file) {
    this.identities = engine.getIdentityService();
    this.transaction = transaction;
    this.file = file.toAbsolutePath();
  }

  /**
   * Does nothing if there is an administrator or users are kept elsewhere. If an earlier start was
   * interrupted or failed after it wrote the file and before it created the user, the password in
   * that file is used.
   *
   * @throws UncheckedIOException when the file cannot be written; no user is created then
   */
  void ensure() {
    if (identities.isReadOnly()
        || identities.createUserQuery().memberOfGroup(CAMUNDA_ADMIN).count() > 0) {
      return;
    }
    if (identities.createUserQuery().userId(ID).count() > 0) {
      LOG.warn(
          "nobody is an administrator: the user {} exists but is not in the group {}, and pgproof does not extend a user's "
              + "rights. HINT: delete that user from the engine's database and start again",
          ID,
          CAMUNDA_ADMIN);
      return;
    }
    String password = Passwords.random(identities);
    try {
      Passwords.write(file, password + "\n");
    } catch (FileAlreadyExistsException e) {
      Optional<String> left = findUnused();
      if (left.isEmpty()) {
        LOG.warn(
            "nobody is an administrator, and pgproof created none because {} exists and is not overwritten. "
                + "HINT: remove that file and start again",
            file);
        return;
      }
      password = left.get();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the first administrator's password cannot be written to " + file, e);
    }
    create(password);
    LOG.info(
        "the first administrator is {}, the password is in {}. HINT: log in, change it, then remove the file",
        ID,
        file);
  }

  /**
   * Returns the password in the file, if the file can only come from a first start that did not
   * finish.
   */
  private Optional<String> findUnused() {
    try {
      Map<String, Object> found =
          Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      boolean ours =
          Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(found.get("uid"))
              && Integer.valueOf(PRIVATE_FILE).equals(found.get("mode"));
      if (!ours || identities.createUserQuery().count() > 0) {
        return Optional.empty();
      }
      String password = Files.readString(file, StandardCharsets.US_ASCII).strip();
      return Optional.of(password)
          .filter(
              text ->
                  identities
                      .checkPasswordAgainstPolicy(identities.getPasswordPolicy(), text)
                      .isValid());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void create(String password) {
    transaction.executeWithoutResult(
        status -> {
          User user = identities.newUser(ID);
          user.setFirstName("First");
          user.setLastName("Administrator");
          user.setPassword(password);
          identities.saveUser(user);
          identities.createMembership(ID, CAMUNDA_ADMIN);
        });
  }
}
