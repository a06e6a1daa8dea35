package io.pgproof.workflow.mapping;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.apache.ibatis.builder.xml.XMLConfigBuilder;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.defaults.DefaultSqlSessionFactory;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;

/** The engine of Camunda, which starts without building all of its SQL statements. */
public final class QuickEngine extends SpringProcessEngineConfiguration {

  /** Does what the method of the superclass does, with {@link DeferredStatements}. */
  @Override
  protected void initSqlSessionFactory() {
    Properties properties = new Properties();
    properties.put("prefix", databaseTablePrefix);
    initSqlSessionFactoryProperties(properties, databaseTablePrefix, databaseType);
    DeferredStatements statements;
    try (InputStream mappings = getMyBatisXmlConfigurationSteam()) {
      XMLConfigBuilder reader =
          new XMLConfigBuilder(DeferredStatements.class, mappings, "", properties);
      statements = (DeferredStatements) reader.getConfiguration();
      reader.parse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    statements.endReading();
    statements.setEnvironment(new Environment("default", transactionFactory, dataSource));
    statements.setDefaultStatementTimeout(jdbcStatementTimeout);
    if (isJdbcBatchProcessing()) {
      statements.setDefaultExecutorType(ExecutorType.BATCH);
    }
    sqlSessionFactory = new DefaultSqlSessionFactory(statements);
  }
}
