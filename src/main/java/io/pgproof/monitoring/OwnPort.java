package io.pgproof.monitoring;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.core.env.Environment;

/** Refuses to serve health and metrics on the port of the pages, where other rules apply. */
final class OwnPort implements InitializingBean {
  private final Environment environment;

  OwnPort(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void afterPropertiesSet() {
    if (ManagementPortType.get(environment) == ManagementPortType.SAME) {
      throw new UsageException(
          Reason.BAD_OPTION,
          "health and metrics cannot be served on port "
              + environment.getProperty("server.port")
              + ", which is the port of the pages",
          "set MANAGEMENT_SERVER_PORT to another port, or to -1 for none");
    }
  }
}
