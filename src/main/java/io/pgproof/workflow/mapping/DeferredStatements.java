package io.pgproof.workflow.mapping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ibatis.builder.IncompleteElementException;
import org.apache.ibatis.builder.xml.XMLStatementBuilder;
import org.apache.ibatis.mapping.MappedStatement;
import org.apache.ibatis.session.Configuration;

/**
 * Builds each SQL statement of the engine when it is first used. There are 880, with large common
 * parts: building all of them takes a third of a start, and a verification uses few of them.
 *
 * <p>MyBatis itself puts a statement aside if a part of it is not known yet. While the mappings are
 * read, this class makes it put every statement aside.
 */
public final class DeferredStatements extends Configuration {
  /** Thrown for each of the statements, so that its stack trace is taken only once. */
  private final IncompleteElementException later =
      new IncompleteElementException("the statement is built when it is first used");

  /** By the last part of the name, because the engine leaves out the rest. */
  private final Map<String, List<XMLStatementBuilder>> waiting = new ConcurrentHashMap<>();

  private boolean reading = true;
  private String lastRead = "";

  private boolean building;

  /** Ends the time of reading. A statement can be used from now on. */
  void endReading() {
    reading = false;
  }

  @Override
  public boolean hasStatement(String name, boolean validate) {
    if (reading) {
      // The builder of the statement asks this first.
      lastRead = name;
      throw later;
    }
    build(name);
    return super.hasStatement(name, validate);
  }

  @Override
  public void addIncompleteStatement(XMLStatementBuilder statement) {
    waiting.computeIfAbsent(lastPart(lastRead), name -> new ArrayList<>()).add(statement);
  }

  @Override
  public MappedStatement getMappedStatement(String name, boolean validate) {
    build(name);
    return super.getMappedStatement(name, validate);
  }

  @Override
  public Collection<String> getMappedStatementNames() {
    waiting.keySet().forEach(this::build);
    return super.getMappedStatementNames();
  }

  @Override
  public Collection<MappedStatement> getMappedStatements() {
    waiting.keySet().forEach(this::build);
    return super.getMappedStatements();
  }

  private void build(String name) {
    String last = lastPart(name);
    if (!waiting.containsKey(last)) {
      return;
    }
    synchronized (waiting) {
      List<XMLStatementBuilder> statements = waiting.get(last);
      // While a statement is built, its builder asks for it.
      if (statements == null || building) {
        return;
      }
      building = true;
      try {
        // One that was built must not be built again if the next one fails.
        while (!statements.isEmpty()) {
          statements.get(0).parseStatementNode();
          statements.remove(0);
        }
      } finally {
        building = false;
      }
      // Only now, so that another thread waits for it.
      waiting.remove(last);
    }
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
