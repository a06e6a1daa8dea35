package io.pgproof.owner;

import io.pgproof.command.HostPrograms;
import io.pgproof.image.DebianImages;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.sandbox.lxc.LxcSandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.ProgressBoard;
import io.pgproof.workflow.Reports;
import io.pgproof.workflow.Verifications;
import java.time.Clock;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the rooms together, and takes stock before the engine executes its first job. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

  @Bean
  HostPrograms hostPrograms() {
    return new HostPrograms();
  }

  @Bean
  Sandbox sandbox(HostPrograms programs) {
    return new LxcSandbox(programs);
  }

  @Bean
  ImageStore imageStore(StateDirectory state, Sandbox sandbox, HostPrograms programs, Clock clock) {
    return new DebianImages(state.images(), sandbox.firstHostId(), programs, clock);
  }

  @Bean
  SourceDatabases sourceDatabases(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock) {
    return new SourceDatabases(state, sandbox, images, clock);
  }

  @Bean
  Leftovers leftovers(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock, Verifications verifications,
      SourceDatabases sources) {
    return new Leftovers(state, sandbox, images, clock, name -> verifications.owns(name) || sources.owns(name));
  }

  @Bean
  Desk desk(Reports reports, ImageStore images, Leftovers leftovers) {
    return new Desk(reports, images, leftovers);
  }

  @Bean
  Proofs proofs(Verifications verifications, ProgressBoard progress, Reports reports) {
    return new Proofs(verifications, progress, reports);
  }

  /** Runs before the job executor starts, which waits until the application is ready. */
  @Bean
  ApplicationRunner takeStock(Leftovers leftovers, Verifications verifications) {
    return arguments -> {
      leftovers.removeAll().forEach(path -> LoggerFactory.getLogger(Leftovers.class).info("removed {}", path));
      verifications.resume();
    };
  }
}
