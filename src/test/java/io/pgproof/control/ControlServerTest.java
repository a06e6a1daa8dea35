package io.pgproof.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import io.pgproof.target.VerificationRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ControlServerTest {
  private static final List<String> CLIENT =
      List.of(
          "perl",
          "-MIO::Socket::UNIX",
          "-e",
          "$s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die qq(no connection: $!); "
              + "print $s qq({\"ask\":\"clean\"}\\n); print <$s>");

  private final List<Request> asked = Collections.synchronizedList(new ArrayList<>());
  private Path place;
  private Path socket;
  private ControlServer server;

  /**
   * The modes of directory and socket would keep others out as well; here only the server itself
   * does.
   */
  @BeforeEach
  void aSocketThatAnybodyReaches() throws Exception {
    place = Files.createTempDirectory("control");
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    socket = place.resolve("control.sock");
    server =
        new ControlServer(
            socket,
            (request, asker) -> {
              asked.add(request);
              asker.send(new Reply.Done("answered"));
            });
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  @AfterEach
  void closeIt() throws Exception {
    server.close();
    Files.delete(place);
  }

  @Test
  void theDaemonAnswersItsOwnUser() throws Exception {
    assertThat(ask(List.of())).contains("answered");
    assertThat(asked).containsExactly(new Request.Clean());
  }

  @Test
  void aRequestArrivesUnchanged() throws Exception {
    Request.Verify request =
        new Request.Verify(
            Settings.NONE
                .with(Setting.DISK, 50L << 30)
                .request(Optional.of("shop"), Path.of("/backups/shop"), "ada"));
    try (ControlClient client = ControlClient.connect(new StateDirectory(place)).orElseThrow()) {
      client.send(request, reply -> {});
    }
    assertThat(asked).containsExactly(request);
  }

  @Test
  void aRequestOfAnEarlierVersionHasNoDiskLimit() {
    VerificationRequest request =
        Settings.NONE.request(Optional.of("shop"), Path.of("/backups/shop"), "ada");
    String earlier = EvidenceJson.write(request).replace(",\"diskBytes\":null", "");
    assertThat(earlier).doesNotContain("diskBytes");
    assertThat(EvidenceJson.read(earlier, VerificationRequest.class)).isEqualTo(request);
  }

  @Test
  @Tag("root")
  void anotherUserIsRefusedBeforeTheRequestIsRead() throws Exception {
    assertThat(ask(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")))
        .isEmpty();
    assertThat(asked).isEmpty();
  }

  /** What a client hears, which must get as far as a connection. */
  private String ask(List<String> as) throws Exception {
    List<String> line = new ArrayList<>(as);
    line.addAll(CLIENT);
    line.add(socket.toString());
    Process client = new ProcessBuilder(line).start();
    String out = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(new String(client.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
    client.waitFor();
    return out;
  }
}
