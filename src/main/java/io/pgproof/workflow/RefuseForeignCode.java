package io.pgproof.workflow;

import java.util.ArrayList;
import java.util.List;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptEngineManager;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.interceptor.CommandInterceptor;
import org.camunda.bpm.engine.impl.scripting.engine.ScriptEngineResolver;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Keeps what people send to the engine from becoming code, in every engine that is started: no expressions
 * in queries (CVE-2026-109432), no scripts, no Java serialization, no classes that are not listed. And from passing by a
 * decision, see {@link RefuseSideDoors}.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class RefuseForeignCode extends AbstractProcessEnginePlugin {
  @Override
  public void preInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setCustomPreCommandInterceptorsTxRequired(
        withRefusal(configuration, configuration.getCustomPreCommandInterceptorsTxRequired()));
    configuration.setCustomPreCommandInterceptorsTxRequiresNew(
        withRefusal(configuration, configuration.getCustomPreCommandInterceptorsTxRequiresNew()));
    configuration.setScriptEngineResolver(new NoScripts());
    configuration.setJavaSerializationFormatEnabled(false);
    configuration.setDeserializationTypeValidationEnabled(true);
  }

  @Override
  public void postInit(ProcessEngineConfigurationImpl configuration) {
    configuration.setEnableExpressionsInAdhocQueries(false);
    configuration.setEnableExpressionsInStoredQueries(false);
    // Process definitions hold the manager they were parsed with; only what is evaluated later, a query's
    // expressions among it, asks the configuration.
    configuration.setExpressionManager(new ScopedExpressions(configuration.getExpressionManager()));
  }

  private static List<CommandInterceptor> withRefusal(
      ProcessEngineConfigurationImpl configuration, List<CommandInterceptor> interceptors) {
    List<CommandInterceptor> all = new ArrayList<>();
    all.add(new RefuseTaskQueryExpressions());
    all.add(new RefuseSideDoors(configuration::getIdentityService));
    if (interceptors != null) {
      all.addAll(interceptors);
    }
    return all;
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
          "pgproof runs no scripts, and a script in " + language + " was to be run\n"
              + "HINT: put the logic into a delegate");
    }
  }
}
