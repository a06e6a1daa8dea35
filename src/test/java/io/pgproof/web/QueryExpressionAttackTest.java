package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.workflow.model.Groups;
import java.net.http.HttpResponse;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.impl.TaskQueryImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CVE-2026-109432, over HTTP, as somebody who may only work on tasks. */
class QueryExpressionAttackTest extends ServedEngine {
  private static final String NESTED =
      "{\"orQueries\": [{\"assigneeExpression\": \"" + Tripwire.EXPRESSION + "\"}]}";
  private static final String PLAIN = "{\"assigneeExpression\": \"" + Tripwire.EXPRESSION + "\"}";

  @BeforeEach
  void arm() {
    Tripwire.arm();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/task?maxResults=10", "/task/count"})
  void anExpressionNestedInATaskQueryIsRefused(String path) throws Exception {
    assertRefused(as("olga", Groups.OPERATORS).tell(path, NESTED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/task?maxResults=10", "/task/count"})
  void aPlainExpressionInATaskQueryIsRefused(String path) throws Exception {
    assertRefused(as("olga", Groups.OPERATORS).tell(path, PLAIN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list?maxResults=10", "count", "singleResult"})
  void anExpressionNestedInAnExtendingQueryIsRefused(String result) throws Exception {
    Filter open =
        engine.getFilterService().createTaskFilterQuery().filterName("Open tasks").singleResult();
    assertRefused(
        as("olga", Groups.OPERATORS).tell("/filter/" + open.getId() + "/" + result, NESTED));
  }

  @Test
  void anExpressionNestedInAStoredFilterIsRefused() throws Exception {
    TaskQueryImpl nested = new TaskQueryImpl();
    nested.setOrQueryActive();
    nested.taskAssigneeExpression(Tripwire.EXPRESSION);
    TaskQueryImpl query = new TaskQueryImpl();
    query.addOrQuery(nested);
    Filter open =
        engine.getFilterService().createTaskFilterQuery().filterName("Open tasks").singleResult();
    Object harmless = open.getQuery();
    engine.getFilterService().saveFilter(open.setQuery(query));
    try {
      assertRefused(
          as("olga", Groups.OPERATORS).ask("/filter/" + open.getId() + "/list?maxResults=10"));
    } finally {
      engine.getFilterService().saveFilter(open.setQuery((TaskQueryImpl) harmless));
    }
  }

  @Test
  void aFilterWithAPlainExpressionCannotBeStored() throws Exception {
    String filter = "{\"resourceType\": \"Task\", \"name\": \"mine\", \"query\": " + PLAIN + "}";
    assertThat(as("ada", "camunda-admin").tell("/filter/create", filter).statusCode())
        .isEqualTo(400);
    assertThat(Tripwire.tripped()).isFalse();
  }

  @Test
  void aNestedTaskQueryWithoutAnExpressionIsAnswered() throws Exception {
    engine.getRuntimeService().startProcessInstanceByKey("verifyBackup");
    HttpResponse<String> answer =
        as("olga", Groups.OPERATORS)
            .tell(
                "/task?maxResults=10",
                "{\"orQueries\": [{\"name\": \"Review stale backup\", \"assignee\": \"olga\"}]}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("reviewStaleBackup");
  }

  // A filter's refusal comes from the depth of the engine, which answers it with 500.
  private static void assertRefused(HttpResponse<String> answer) {
    assertThat(Tripwire.tripped())
        .as("the expression was evaluated; answer: %s", answer.body())
        .isFalse();
    assertThat(answer.statusCode()).as(answer.body()).isIn(400, 500);
    assertThat(answer.body()).doesNotContain("unbound");
  }
}
