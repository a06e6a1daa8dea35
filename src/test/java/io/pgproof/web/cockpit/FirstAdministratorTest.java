package io.pgproof.web.cockpit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgproof.PowerCut;
import io.pgproof.web.Browser;
import io.pgproof.web.ServedEngine;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class FirstAdministratorTest extends ServedEngine {
  @Autowired private PlatformTransactionManager transactions;
  @TempDir private Path state;
  private Path file;

  @BeforeEach
  void leaveNoAdministrator() {
    file = state.resolve("admin-password");
    engine.getIdentityService().deleteUser("admin");
  }

  @AfterEach
  void reinstateAdministrator() throws Exception {
    engine.getIdentityService().deleteUser("admin");
    Files.deleteIfExists(file);
    ensure();
  }

  private void ensure() {
    ensure(file);
  }

  private void ensure(Path file) {
    new FirstAdministrator(engine, new TransactionTemplate(transactions), file).ensure();
  }

  @Test
  @Tag("container")
  void thePasswordOfACreatedUserOutlivesAPowerCut() throws Exception {
    try (PowerCut power = new PowerCut("ext4")) {
      Path onDisk = power.directory().resolve("admin-password");
      ensure(onDisk);
      power.cut();
      String password = Files.readString(onDisk);
      power.back();
      assertThat(onDisk).hasContent(password);
    }
  }

  @Test
  void thePasswordInTheFileLogsIn(CapturedOutput output) throws Exception {
    ensure();
    String password = Files.readString(file).strip();
    assertThat(password).hasSize(24);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(state)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(output).contains(file.toString()).doesNotContain(password);
    Browser administrator = browser();
    administrator.logIn("admin", password);
    assertThat(administrator.get("/camunda/api/admin/auth/user/default").body())
        .contains("cockpit", "tasklist", "admin");
  }

  @Test
  void theNextStartKeepsUserAndFile() throws Exception {
    ensure();
    String password = Files.readString(file).strip();
    ensure();
    assertThat(Files.readString(file).strip()).isEqualTo(password);
    Files.delete(file);
    ensure();
    assertThat(file).doesNotExist();
    browser().logIn("admin", password);
  }

  @Test
  void everyFirstAdministratorHasItsOwnPassword() throws Exception {
    ensure();
    String first = Files.readString(file);
    engine.getIdentityService().deleteUser("admin");
    Files.delete(file);
    ensure();
    assertThat(Files.readString(file)).isNotEqualTo(first);
  }

  @Test
  void anExistingFileIsNotOverwritten(CapturedOutput output) throws Exception {
    Files.writeString(file, "kept");
    ensure();
    assertThat(file).hasContent("kept");
    assertThat(engine.getIdentityService().createUserQuery().userId("admin").count()).isZero();
    assertThat(output).contains("HINT: remove that file and start again");
  }

  @Test
  void aStartInterruptedBeforeTheUserWasCreatedIsCompleted(CapturedOutput output) throws Exception {
    ensure();
    String password = Files.readString(file);
    engine.getIdentityService().deleteUser("admin");
    ensure();
    assertThat(file).hasContent(password);
    assertThat(output).doesNotContain("HINT: remove that file and start again");
    browser().logIn("admin", password.strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode", "owner", "link", "weak", "people"})
  @Tag("root")
  void aFileOfUnknownOriginIsNotUsedAsAPassword(String difference, CapturedOutput output)
      throws Exception {
    ensure();
    engine.getIdentityService().deleteUser("admin");
    switch (difference) {
      case "mode" ->
          Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      case "owner" -> Files.setAttribute(file, "unix:uid", 4711);
      case "link" -> Files.createSymbolicLink(file, Files.move(file, state.resolve("elsewhere")));
      case "weak" -> Files.writeString(file, "secret\n");
      default -> as("olga");
    }
    ensure();
    assertThat(engine.getIdentityService().createUserQuery().userId("admin").count()).isZero();
    assertThat(output).contains("HINT: remove that file and start again");
  }

  @Test
  void anOrdinaryUserOfThatNameGetsNoFurtherRights(CapturedOutput output) {
    engine.getIdentityService().saveUser(user());
    ensure();
    assertThat(engine.getIdentityService().createUserQuery().memberOfGroup("camunda-admin").count())
        .isZero();
    assertThat(file).doesNotExist();
    assertThat(output).contains("does not extend a user's rights");
  }

  private org.camunda.bpm.engine.identity.User user() {
    var user = engine.getIdentityService().newUser("admin");
    user.setPassword(PASSWORD);
    return user;
  }

  @Test
  void anUnwritableFileIsNamedAndNoUserIsCreated() {
    Path nowhere = state.resolve("missing/admin-password");
    var first = new FirstAdministrator(engine, new TransactionTemplate(transactions), nowhere);
    assertThatThrownBy(first::ensure)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(nowhere.toString());
    assertThat(engine.getIdentityService().createUserQuery().userId("admin").count()).isZero();
  }
}
