package io.pgproof.daemon;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Launcher;
import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import io.pgproof.state.Ownership;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts an application on a state directory, and explains in plain words why it does not start.
 */
final class Startup {
  private Startup() {}

  /**
   * Starts the application.
   *
   * @param ownership released when the start fails
   * @throws UsageException when a setting is wrong, or the database belongs to another state
   *     directory
   * @throws FindingException {@code environment} for any other cause
   */
  static ConfigurableApplicationContext run(
      Ownership ownership, SpringApplicationBuilder application) {
    try {
      LogFormat.check();
      // An argument overrides anything in the environment: lock and database must be in one
      // directory.
      return application
          .initializers(
              context -> {
                DatabasePassword.read(context.getEnvironment());
                FirstStart.removeHalfMade(ownership.state(), context.getEnvironment());
                context.getBeanFactory().registerSingleton("ownership", ownership);
              })
          .run("--pgproof.state=" + ownership.state().path());
    } catch (RuntimeException e) {
      ownership.close();
      throw explain(e);
    }
  }

  private static RuntimeException explain(RuntimeException failure) {
    Throwable root = failure;
    String setting = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      root = cause;
      if (cause instanceof BindException bind) {
        setting =
            bind.getProperty() == null
                ? bind.getName().toString()
                : bind.getProperty().getName().toString();
      }
      if (cause instanceof PortInUseException port) {
        return new FindingException(
            new Finding(
                Reason.ENVIRONMENT,
                "port " + port.getPort() + " is used by another program",
                "end that program, or set SERVER_PORT (pages) or MANAGEMENT_SERVER_PORT (health and metrics) to another port",
                null));
      }
    }
    if (root instanceof UsageException usage) {
      return usage;
    }
    String said = root.getMessage() == null ? root.toString() : root.getMessage();
    if (setting != null) {
      return new UsageException(
          Reason.BAD_OPTION,
          "the setting " + setting + " is wrong: " + said,
          "correct it in the environment, see docs/server.md");
    }
    return new FindingException(
        Reason.ENVIRONMENT,
        "the engine does not start: " + said,
        "read the message, run " + Launcher.COMMAND + " doctor, then start again");
  }
}
