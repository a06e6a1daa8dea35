package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.state.StateDirectory;
import io.pgproof.state.Trees;
import io.pgproof.web.Browser;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of the program as {@code ./pgproof serve} starts it: another class path would find other files. */
class ServedPagesTest {
  private static StateDirectory state;
  private static Program server;

  @BeforeAll
  static void serve() throws IOException {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    server = Program.serve(state.path());
  }

  @AfterAll
  static void end() throws Exception {
    server.terminate();
    server.await();
    Trees.remove(state.path());
  }

  /** Without them the pages of an application show nothing but a spinner. */
  @ParameterizedTest
  @ValueSource(strings = {"cockpit", "tasklist", "admin"})
  void theScriptsOfAnApplicationAreServed(String application) throws Exception {
    HttpResponse<String> script = new Browser(server.address())
        .get("/camunda/api/" + application + "/plugin/" + application + "Plugins/static/app/plugin.js");
    assertThat(script.statusCode()).isEqualTo(200);
    assertThat(script.headers().firstValue("Content-Type").orElseThrow()).contains("javascript");
  }
}
