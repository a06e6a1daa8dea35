package io.pgproof.workflow.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.commons.lang3.builder.RecursiveToStringStyle;
import org.apache.commons.lang3.builder.ReflectionToStringBuilder;
import org.apache.ibatis.builder.StaticSqlSource;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.mapping.ResultMap;
import org.apache.ibatis.session.Configuration;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.test.util.ReflectionTestUtils;

class QuickEngineTest {
  private static final String UNKNOWN = "selectNothingThatExists";

  private final List<ProcessEngine> engines = new ArrayList<>();

  @AfterEach
  void close() {
    engines.forEach(ProcessEngine::close);
  }

  @Test
  void everyStatementIsTheOneOfTheEngineItself() {
    Configuration own = statements(new QuickEngine());
    Configuration camunda = statements(new SpringProcessEngineConfiguration());

    assertThat(new TreeSet<>(own.getMappedStatementNames()))
        .isEqualTo(new TreeSet<>(camunda.getMappedStatementNames()))
        .hasSizeGreaterThan(1_000);
    for (String name : camunda.getMappedStatementNames()) {
      assertThat(described(own.getMappedStatement(name)))
          .isEqualTo(described(camunda.getMappedStatement(name)));
    }
    assertThat(described(own.getMappedStatement("selectTask"))).contains("ACT_RU_TASK");
    assertThat(own)
        .usingRecursiveComparison()
        .comparingOnlyFields(
            "variables", "defaultExecutorType", "defaultStatementTimeout", "databaseId")
        .isEqualTo(camunda);
    assertThat(own.getEnvironment().getId()).isEqualTo(camunda.getEnvironment().getId());
  }

  @Test
  void aStartBuildsFewStatements() {
    Configuration statements = statements(new QuickEngine());
    Map<?, ?> built = (Map<?, ?>) ReflectionTestUtils.getField(statements, "mappedStatements");
    Map<?, ?> waiting = (Map<?, ?>) ReflectionTestUtils.getField(statements, "waiting");
    int before = built.size();
    assertThat(statements.getMappedStatements()).hasSizeGreaterThan(before * 5);
    assertThat(waiting).isEmpty();
  }

  @Test
  void anUnknownStatementIsAnErrorAsBefore() {
    Configuration statements = statements(new QuickEngine());
    assertThat(statements.hasStatement(UNKNOWN)).isFalse();
    assertThatThrownBy(() -> statements.getMappedStatement(UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(UNKNOWN);
  }

  @Test
  void threadsThatNeedAStatementAtOnceGetTheSame() throws Exception {
    Configuration statements = statements(new QuickEngine());
    TreeSet<String> names = new TreeSet<>();
    Configuration camunda = statements(new SpringProcessEngineConfiguration());
    camunda.getMappedStatements().forEach(statement -> names.add(statement.getId()));

    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<List<MappedStatement>> use =
          () -> names.stream().map(statements::getMappedStatement).toList();
      List<Future<List<MappedStatement>>> used = threads.invokeAll(List.of(use, use, use, use));
      for (Future<List<MappedStatement>> one : used) {
        assertThat(one.get()).containsExactlyElementsOf(used.get(0).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static String described(MappedStatement statement) {
    RecursiveToStringStyle style =
        new RecursiveToStringStyle() {
          {
            setUseIdentityHashCode(false);
          }

          @Override
          protected boolean accept(Class<?> type) {
            return type.getName().startsWith("org.apache.ibatis.scripting.")
                || type == StaticSqlSource.class;
          }
        };
    return String.join(
        " ",
        statement.getId(),
        statement.getSqlCommandType().toString(),
        statement.getStatementType().toString(),
        String.valueOf(statement.getParameterMap().getType()),
        statement.getResultMaps().stream().map(ResultMap::getId).toList().toString(),
        statement.isUseCache() + " " + statement.isFlushCacheRequired(),
        new ReflectionToStringBuilder(statement.getSqlSource(), style)
            .toString()
            .replaceAll("configuration=[^,\\]]*", ""));
  }

  private Configuration statements(SpringProcessEngineConfiguration settings) {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl("jdbc:h2:mem:" + settings.getClass().getSimpleName() + ";DB_CLOSE_DELAY=-1");
    settings.setApplicationContext(new StaticApplicationContext());
    settings.setDataSource(database);
    settings.setTransactionManager(new JdbcTransactionManager(database));
    settings.setDatabaseSchemaUpdate(ProcessEngineConfigurationImpl.DB_SCHEMA_UPDATE_TRUE);
    settings.setHistoryTimeToLive("P1D");
    engines.add(settings.buildProcessEngine());
    return settings.getSqlSessionFactory().getConfiguration();
  }
}
