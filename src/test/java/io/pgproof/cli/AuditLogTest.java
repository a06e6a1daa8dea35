package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.command.Trees;
import io.pgproof.proof.Digests;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The evidence log on the command line, with a server and without. */
@Tag("root")
class AuditLogTest {
  private StateDirectory state;

  @BeforeEach
  void aStateDirectory() throws IOException {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
  }

  @AfterEach
  void removeIt() throws IOException {
    Trees.remove(state.path());
  }

  private String answer(int status, String... arguments) throws Exception {
    try (Program program = Program.start(state.path(), arguments)) {
      assertThat(program.await()).as(program.out() + program.err()).isEqualTo(status);
      return program.out() + program.err();
    }
  }

  @Test
  void theLogIsVerifiedAndExported() throws Exception {
    Path export = state.path().resolve("export");
    Path kept = state.path().resolve("kept-checkpoint");
    try (Program server = Program.serve(state.path())) {
      assertThat(answer(0, "audit", "verify")).contains("every entry is what was recorded");
      Files.copy(state.log().resolve("checkpoint"), kept);
      assertThat(answer(1, "audit", "remove", "--dry-run", "--before", "2020-01-01"))
          .contains("the evidence log was never exported, so nothing may be removed");
      assertThat(answer(0, "audit", "export", export.toString()))
          .contains("exported", "recorded as evidence, SHA-256 " + Digests.sha256(export));
      assertThat(answer(0, "audit", "list")).contains("exported the first", export.toString());
      assertThat(answer(2, "audit", "export", export.toString())).contains("the file exists");
      assertThat(answer(2, "audit", "remove", "--before", "tomorrow"))
          .contains("--before is 'tomorrow'; allowed: a day such as 2026-01-01");
      assertThat(answer(2, "audit", "remove", "--before", "2999-01-01"))
          .contains("evidence is kept for at least 90 days");
      assertThat(answer(0, "audit", "remove", "--before", "2020-01-01"))
          .contains(
              "removed 0 entries from before 2020-01-01",
              Digests.sha256(export),
              "pgproof does not check that the file of this export still exists; keep it");
      assertThat(answer(0, "audit", "remove", "--dry-run", "--before", "2020-01-01"))
          .contains("would remove 0 entries", "still exists; make sure that you have it");
      server.terminate();
      server.await();
    }
    Files.writeString(kept, "> " + Files.readString(kept).replace("\n", "\n> "));
    JsonNode sound =
        new ObjectMapper()
            .readTree(answer(0, "audit", "verify", "--json", "--checkpoint", kept.toString()));
    assertThat(sound.get("sound").asBoolean()).isTrue();
    assertThat(sound.get("positions").asLong()).isPositive();
    assertThat(
            answer(
                0,
                "audit",
                "verify",
                "--export",
                export.toString(),
                "--key",
                state.log().resolve("log.pem").toString()))
        .contains("every entry is what was recorded");

    Files.writeString(kept, "nothing");
    assertThat(answer(2, "audit", "verify", "--checkpoint", kept.toString()))
        .contains("there is no checkpoint in it", "copy it from the mail");

    Files.writeString(
        export,
        Files.readString(export).replaceFirst("\"actor\":\"pgproof\"", "\"actor\":\"eve\""));
    assertThat(answer(1, "audit", "verify", "--export", export.toString()))
        .contains("does not fit the leaves", "THE EVIDENCE LOG IS BROKEN");

    Files.writeString(state.log().resolve("checkpoint"), "x", StandardOpenOption.APPEND);
    assertThat(answer(1, "audit", "verify"))
        .contains("checkpoint cannot be trusted", "THE EVIDENCE LOG IS BROKEN: 1 problem");
    Path other = state.path().resolve("other");
    assertThat(answer(0, "audit", "list")).contains("found the evidence log damaged");
    assertThat(answer(2, "audit", "export", other.resolve("x").toString()))
        .contains("cannot be created");
  }
}
