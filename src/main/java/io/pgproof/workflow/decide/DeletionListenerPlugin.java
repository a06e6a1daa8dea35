package io.pgproof.workflow.decide;

import io.pgproof.workflow.model.VerifyBackup;
import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.listener.DelegateExpressionExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.bpmn.parser.BpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;
import org.camunda.bpm.engine.impl.util.xml.Element;

/**
 * Registers {@link RunDeleted} for each end of a verification, as a listener that no deletion
 * skips.
 */
final class DeletionListenerPlugin extends AbstractProcessEnginePlugin {
  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    List<BpmnParseListener> listeners =
        new ArrayList<>(
            List.of(
                new AbstractBpmnParseListener() {
                  @Override
                  public void parseProcess(Element element, ProcessDefinitionEntity process) {
                    if (process.getKey().equals(VerifyBackup.PROCESS)) {
                      // By its name, because it is made of the engine that is being created.
                      process.addBuiltInListener(
                          ExecutionListener.EVENTNAME_END,
                          new DelegateExpressionExecutionListener(
                              configuration
                                  .getExpressionManager()
                                  .createExpression("${" + VerifyBackup.Listener.RUN_DELETED + "}"),
                              List.of()));
                    }
                  }
                }));
    if (configuration.getCustomPostBPMNParseListeners() != null) {
      listeners.addAll(configuration.getCustomPostBPMNParseListeners());
    }
    configuration.setCustomPostBPMNParseListeners(listeners);
  }
}
