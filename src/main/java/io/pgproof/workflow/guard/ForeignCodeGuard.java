package io.pgproof.workflow.guard;

import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.workflow.engine.DelegateBeans;
import java.util.ArrayList;
import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.ArtifactFactory;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.impl.scripting.engine.ScriptEngineResolver;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Keeps what people send to the engine from running as code, and from changing what a run does, in
 * every engine that is started. {@link CommandGuard} lets only listed commands in. These are
 * refused: expressions in queries (CVE-2026-109432), expressions that do more than name and
 * compare, scripts, shell commands, classes by name, Java serialization, and classes that are not
 * listed. So a process that somebody deployed before deployments were refused runs no code of its
 * own.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class ForeignCodeGuard extends AbstractProcessEnginePlugin {
  private final DelegateBeans delegateBeans;
  private final ObjectProvider<BoundedRecorder> recorder;

  ForeignCodeGuard(ListableBeanFactory beans) {
    delegateBeans = new DelegateBeans(beans);
    recorder = beans.getBeanProvider(BoundedRecorder.class);
  }

  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setCustomPreCommandInterceptorsTxRequired(
        withRefusal(configuration, configuration.getCustomPreCommandInterceptorsTxRequired()));
    configuration.setCustomPreCommandInterceptorsTxRequiresNew(
        withRefusal(configuration, configuration.getCustomPreCommandInterceptorsTxRequiresNew()));
    configuration.setBeans(delegateBeans);
    configuration.setExpressionManager(
        new PlainExpressions(new JuelExpressionManager(delegateBeans)));
    configuration.setArtifactFactory(new NoClasses());
    configuration.setDmnElProvider(
        expression -> {
          throw new ProcessEngineException(
              "pgproof does not evaluate expressions of decision tables: " + expression);
        });
    configuration.setScriptEngineResolver(new NoScripts());
    configuration.setJavaSerializationFormatEnabled(false);
    configuration.setDeserializationTypeValidationEnabled(true);
  }

  @Override
  public void postInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setEnableExpressionsInAdhocQueries(false);
    configuration.setEnableExpressionsInStoredQueries(false);
  }

  private List<CommandInterceptor> withRefusal(
      ProcessEngineConfigurationImpl configuration, List<CommandInterceptor> interceptors) {
    List<CommandInterceptor> all = new ArrayList<>();
    all.add(new TaskQueryGuard());
    all.add(new CommandGuard(configuration::getIdentityService, recorder));
    if (interceptors != null) {
      all.addAll(interceptors);
    }
    return all;
  }

  /**
   * Refuses classes by name: a delegate is a bean. A class name may name any class, including the
   * engine's own class for shell commands.
   */
  private static final class NoClasses implements ArtifactFactory {
    @Override
    public <T> T getArtifact(Class<T> type) {
      throw new ProcessEngineException(
          "pgproof does not run classes that a process names: "
              + type.getName()
              + "\nHINT: name a delegate");
    }
  }

  private static final class NoScripts implements ScriptEngineResolver {
    @Override
    public void addScriptEngineFactory(ScriptEngineFactory factory) {
      throw refusal(factory.getLanguageName());
    }

    @Override
    public ScriptEngineManager getScriptEngineManager() {
      throw refusal("any language");
    }

    @Override
    public ScriptEngine getScriptEngine(String language, boolean resolveFromCache) {
      throw refusal(language);
    }

    private static ProcessEngineException refusal(String language) {
      return new ProcessEngineException(
          "pgproof does not run scripts: a script in "
              + language
              + "\nHINT: put the logic into a delegate");
    }
  }
}
