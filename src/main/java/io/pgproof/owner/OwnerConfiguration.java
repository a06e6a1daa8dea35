package io.pgproof.owner;

import io.pgproof.audit.Trail;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.workflow.ProgressBoard;
import io.pgproof.workflow.Reports;
import io.pgproof.workflow.Verifications;
import java.time.Clock;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an owner with an engine has, and the stock it takes before the engine executes its first job. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

  @Bean
  SourceDatabases sourceDatabases(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock) {
    return new SourceDatabases(state, sandbox, images, clock);
  }

  @Bean
  Inhabitants inhabitants(Verifications verifications, SourceDatabases sources) {
    return directory -> verifications.owns(directory) || sources.owns(directory);
  }

  @Bean
  Proofs proofs(Verifications verifications, ImageStore images, ProgressBoard progress, Reports reports, Trail trail) {
    return new Proofs(verifications, images, progress, reports, trail);
  }

  /** Runs before the job executor starts, which waits until the application is ready. */
  @Bean
  ApplicationRunner takeStock(Leftovers leftovers, Verifications verifications) {
    return arguments -> {
      Owner.log(leftovers.remove());
      verifications.resume();
    };
  }
}
