package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The whole program as a process of its own, as an operator starts it. */
@SuppressWarnings("JdkObsolete") // Two threads use each StringBuffer.
final class Program implements AutoCloseable {
  private static final String SERVES = "pgproof serves ";

  private final Process process;
  private final Thread outReader;
  private final Thread errReader;
  private final StringBuffer out = new StringBuffer();
  private final StringBuffer err = new StringBuffer();

  private Program(Process process) {
    this.process = process;
    this.outReader = reader(process.inputReader(StandardCharsets.UTF_8), out);
    this.errReader = reader(process.errorReader(StandardCharsets.UTF_8), err);
  }

  static Program start(Path state, String... arguments) {
    return start(state, Map.of(), List.of(), arguments);
  }

  /**
   * @param environment added to this process's own
   * @param wrapper a command line that the program's is given to
   */
  static Program start(
      Path state, Map<String, String> environment, List<String> wrapper, String... arguments) {
    // Tests that were started in the background ignore SIGINT, and what they start would inherit
    // that.
    List<String> line = new ArrayList<>(List.of("env", "--default-signal"));
    line.addAll(wrapper);
    line.add(Path.of("pgproof").toAbsolutePath().toString());
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("PGPROOF_STATE", state.toString());
    builder.environment().put("PGPROOF_RETRY_CYCLE", "PT0.5S,PT0.5S");
    builder.environment().put("SUDO_USER", "olga");
    // Started many times for a short while each, so that compiling well costs more than it gains.
    builder.environment().put("PGPROOF_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    try {
      return new Program(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A server of the web pages and of whoever asks, on a port that is free; it is ready when this
   * returns.
   */
  static Program serve(Path state, String... more) {
    return serve(state, Map.of(), more);
  }

  /**
   * @param environment added to this process's own
   */
  static Program serve(Path state, Map<String, String> environment, String... more) {
    List<String> arguments = new ArrayList<>(List.of("serve"));
    arguments.addAll(List.of(more));
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "SERVER_PORT",
                "0",
                "MANAGEMENT_SERVER_PORT",
                "0",
                "PGPROOF_WATCH_EVERY",
                "1s",
                "PGPROOF_TELLING_RETRY_CYCLE",
                "PT0.5S"));
    all.putAll(environment);
    Program server = start(state, all, List.of(), arguments.toArray(String[]::new));
    Awaitility.await().until(() -> server.err().contains(SERVES) || !server.running());
    assertThat(server.err()).containsPattern(SERVES + "https?://127.0.0.1:");
    return server;
  }

  /** Where the pages of a server are, without a slash at the end. */
  String address() {
    return err().replaceFirst("(?s).*" + SERVES + "(\\S+);.*", "$1");
  }

  /** Where health and metrics of a server are, without a slash at the end. */
  String monitoring() {
    return err().replaceFirst("(?s).*health and metrics are at (\\S+)/\n.*", "$1");
  }

  private static Thread reader(BufferedReader from, StringBuffer to) {
    Thread thread =
        new Thread(
            () -> {
              try {
                from.lines().forEach(line -> to.append(line).append('\n'));
              } catch (UncheckedIOException e) {
                to.append("(killed before it was read to its end)\n");
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  long pid() {
    return process.pid();
  }

  boolean running() {
    return process.isAlive();
  }

  /** What it wrote on standard output so far. */
  String out() {
    return out.toString();
  }

  /** What it wrote on standard error so far. */
  String err() {
    return err.toString();
  }

  /**
   * Kills it as the kernel does for want of memory, or a power cut: at once, with nothing tidied
   * up.
   */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends what Ctrl-C sends. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-s", "INT", String.valueOf(process.pid())).start().waitFor();
  }

  /** Sends what a service manager sends. */
  void terminate() {
    process.destroy();
  }

  /** Waits for its end and returns its exit status. */
  int await() throws InterruptedException {
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      throw new AssertionError("the program did not end within 10 minutes; it wrote: " + out + err);
    }
    outReader.join();
    errReader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
