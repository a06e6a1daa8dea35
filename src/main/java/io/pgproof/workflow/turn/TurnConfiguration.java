package io.pgproof.workflow.turn;

import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.RunRequests;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.MessageSignal;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.model.VerifyBackup;
import org.camunda.bpm.engine.RuntimeService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the container slots and the step that takes one; it is named after its element. */
@Configuration(proxyBeanMethods = false)
class TurnConfiguration {

  @Bean
  ContainerSlots containerSlots(
      CurrentConfiguration configuration,
      RuntimeService runtime,
      ContainerSlots.Presence presence) {
    ContainerSlots containerSlots =
        new ContainerSlots(
            () -> configuration.get().containersAtOnce(), presence, new MessageSignal(runtime));
    configuration.onReplaced(containerSlots::ringNext);
    return containerSlots;
  }

  @Bean(VerifyBackup.Step.TAKE_TURN)
  TakeTurn takeTurn(
      EvidenceLog evidenceLog,
      Cancellations cancellations,
      RunRequests runRequests,
      ContainerSlots containerSlots,
      ProgressBoard progress) {
    return new TakeTurn(evidenceLog, cancellations, runRequests, containerSlots, progress);
  }
}
