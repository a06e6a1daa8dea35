package io.pgproof.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgproof.target.Configuration;
import io.pgproof.target.CurrentConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What systemd hears of a server. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ServiceStateTest {
  private static final String ADDRESS = "http://127.0.0.1:8080";

  /** Prints each datagram as one line, as systemd would get it, and first that it listens. */
  private static final String LISTENER =
      """
      use Socket; $| = 1; my $s;
      socket($s, AF_UNIX, SOCK_DGRAM, 0) and bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
      print "listening\\n";
      while (defined recv($s, my $said, 4096, 0)) { print join("|", split(/\\n/, $said)), "\\n"; }
      """;

  @TempDir Path temp;

  private Configuration withTargets(String... names) throws IOException {
    StringBuilder yaml = new StringBuilder("targets:" + (names.length == 0 ? " []\n" : "\n"));
    for (String name : names) {
      yaml.append("  - name: ").append(name).append("\n    path: /backups/").append(name);
      yaml.append('\n');
    }
    return Configuration.read(Files.writeString(temp.resolve("pgproof.yaml"), yaml));
  }

  @Test
  void theStateSaysHowManyTargetsThereAreAndFollowsTheFile() throws Exception {
    Path socket = temp.resolve("notify");
    Process systemd = new ProcessBuilder("perl", "-e", LISTENER, socket.toString()).start();
    try (BufferedReader heard = systemd.inputReader(StandardCharsets.UTF_8)) {
      assertThat(heard.readLine()).isEqualTo("listening");
      CurrentConfiguration configuration = new CurrentConfiguration(withTargets());
      ServiceState service = new ServiceState(configuration, ADDRESS, socket.toString());

      service.ready();
      assertThat(next(heard))
          .isEqualTo(
              "READY=1|STATUS=no target in "
                  + temp.resolve("pgproof.yaml")
                  + ": nothing is verified automatically; "
                  + ADDRESS);

      configuration.replace(withTargets("shop"));
      assertThat(next(heard)).isEqualTo("STATUS=1 target; " + ADDRESS);

      configuration.replace(withTargets("shop"));
      configuration.replace(withTargets("shop", "stock"));
      assertThat(next(heard)).isEqualTo("STATUS=2 targets; " + ADDRESS);

      service.stopping();
      assertThat(next(heard)).isEqualTo("STOPPING=1|STATUS=tearing down");
    } finally {
      systemd.destroyForcibly().waitFor();
    }
  }

  @Test
  void withoutSystemdAndWithoutItsSocketTheServerGoesOn() throws Exception {
    CurrentConfiguration configuration = new CurrentConfiguration(withTargets());
    ServiceState deaf = new ServiceState(configuration, ADDRESS, temp.resolve("nobody").toString());
    assertThatCode(deaf::ready).doesNotThrowAnyException();
    assertThatCode(new ServiceState(configuration, ADDRESS, null)::ready)
        .doesNotThrowAnyException();
  }

  /** What the program says last of a report is an empty barrier, which only synchronizes. */
  private static String next(BufferedReader heard) throws IOException {
    String line = heard.readLine();
    while (line != null && line.startsWith("BARRIER=")) {
      line = heard.readLine();
    }
    return String.valueOf(line);
  }
}
