package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.command.Trees;
import io.pgproof.state.StateDirectory;
import io.pgproof.token.TokenSecret;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.Groups;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens on the command line, with a server and without. */
@Tag("root")
class TokenCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static StateDirectory state;

  @BeforeAll
  static void aServerCreatedUsers() throws Exception {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    try (Program server = Program.serve(state.path())) {
      Browser administrator = new Browser(server.address());
      administrator.logIn(
          "admin", Files.readString(state.path().resolve("admin-password")).strip());
      administrator.addPerson("olga", "Restore-2-prove", Groups.OPERATORS);

      String created =
          answer(0, "token", "create", "--user=olga", "--name=first", "--scope=read,verify");
      assertThat(TokenSecret.parse(created.strip())).as(created).isPresent();
      assertThat(answer(0, "token", "list"))
          .contains("valid", "read,verify", "never used", "olga: first")
          .doesNotContain(created.strip());
      server.terminate();
      server.await();
    }
  }

  @AfterAll
  static void removeIt() throws IOException {
    Trees.remove(state.path());
  }

  private static String answer(int status, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return status == 0 ? program.out() : program.out() + program.err();
    }
  }

  @Test
  void aTokenIsCreatedListedAndRevokedWithoutAServer() throws Exception {
    JsonNode created =
        JSON.readTree(
            answer(
                0,
                "token",
                "create",
                "--user=olga",
                "--name=nightly pipeline",
                "--scope=decide",
                "--scope=read",
                "--expires=12h",
                "--json"));
    JsonNode token = created.get("token");
    String id = token.get("id").asText();
    String secret = created.get("secret").asText();
    assertThat(TokenSecret.parse(secret)).isPresent();
    assertThat(token.get("scopes").toString()).isEqualTo("[\"read\",\"decide\"]");
    // The user behind sudo.
    assertThat(token.at("/created/by").asText()).isEqualTo("olga");

    assertThat(answer(0, "token", "revoke", id)).isEqualTo("token " + id + " revoked\n");
    assertThat(answer(2, "token", "revoke", id)).contains("was already revoked", "HINT:");
    JsonNode listed = JSON.readTree(answer(0, "token", "list", "--json"));
    assertThat(listed.findValuesAsText("name")).contains("first", "nightly pipeline");
    assertThat(listed.get(0).at("/revocation/by").asText()).isEqualTo("olga");
    assertThat(answer(0, "token")).contains(id + "  revoked");
    assertThat(filesWith(secret)).isEmpty();
  }

  /** Returns the files of the state directory that contain a text. */
  private static List<Path> filesWith(String text) throws IOException {
    try (var files = Files.walk(state.path())) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                try {
                  return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                      .contains(text);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  @Test
  void aUserThatDoesNotExistGetsNoToken() throws Exception {
    assertThat(answer(2, "token", "create", "--user=olaf", "--name=x", "--scope=read"))
        .contains("there is no user olaf", "HINT: create the user in Admin");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--user=olga --name=x --scope=write | --scope is 'write'; allowed: read, verify, decide",
        "--user=olga --name=x --scope=read --expires=soon | --expires: 'soon' is not a duration",
        "--user=olga --name=x | Missing required option: '--scope=SCOPE'",
      })
  void aMistakeIsWrongUsage(String options, String said, @TempDir Path place) {
    String[] arguments = ("token create " + options + " --state=" + place).split(" ");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.run(arguments)).isEqualTo(2);
    } finally {
      System.setErr(before);
    }
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(said);
    assertThat(place).isEmptyDirectory();
  }
}
