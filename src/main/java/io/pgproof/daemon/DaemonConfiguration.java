package io.pgproof.daemon;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.ControlHistory;
import io.pgproof.evidence.RunHistory;
import io.pgproof.image.ImageStore;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.verify.VerificationLifecycle;
import io.pgproof.workflow.verify.Verifications;
import java.time.Clock;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of a daemon with an engine, and the cleanup before the engine executes its first job. */
@Configuration(proxyBeanMethods = false)
class DaemonConfiguration {

  @Bean
  PassLog passLog() {
    return new PassLog(System::nanoTime);
  }

  @Bean
  DemoSources demoSources(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock) {
    return new DemoSources(state, sandbox, images, clock);
  }

  @Bean
  BoundedRecorder boundedRecorder(EvidenceLog evidenceLog, Clock clock) {
    return new BoundedRecorder(evidenceLog, clock);
  }

  @Bean
  OrphanReaper.ActiveNames activeNames(
      VerificationLifecycle lifecycle, DemoSources sources, Controls controls) {
    return directory ->
        lifecycle.owns(directory) || sources.owns(directory) || controls.owns(directory);
  }

  @Bean
  VerificationHandler verificationHandler(
      Verifications verifications,
      ImageStore images,
      ProgressBoard progress,
      RunHistory runHistory,
      EvidenceLog evidenceLog) {
    return new VerificationHandler(verifications, images, progress, runHistory, evidenceLog);
  }

  @Bean
  ControlHistory controlHistory(EvidenceLog evidenceLog) {
    return new ControlHistory(evidenceLog);
  }

  @Bean
  ControlHandler controlHandler(
      Controls controls,
      ControlHistory history,
      CurrentConfiguration configuration,
      ImageStore images) {
    return new ControlHandler(controls, history, configuration, images);
  }

  /**
   * Runs before the job executor starts, because the job executor waits until the application is
   * ready.
   */
  @Bean
  ApplicationRunner reconcileAtStart(OrphanReaper orphanReaper, VerificationLifecycle lifecycle) {
    return arguments -> {
      Daemon.log(orphanReaper.remove());
      lifecycle.resume();
    };
  }
}
