package io.pgproof.workflow.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.target.Schedule;
import io.pgproof.workflow.model.KeepSchedule;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DueWorkTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:30:00Z");

  private final NightOnEngine night = new NightOnEngine();
  private final RuntimeService runtime = night.engine.getRuntimeService();

  @BeforeEach
  void plan() {
    Schedule schedule = new Schedule("0 3 * * *", ZoneOffset.UTC);
    night.schedules.plan(DueWork.VERIFICATION, "shop", schedule, NOW);
    night.schedules.plan(DueWork.CONTROL, "crm", schedule, NOW);
  }

  @AfterEach
  void close() {
    night.close();
  }

  @Test
  void whatAnEarlierVersionPlannedIsAVerification() {
    night.schedules.plan(DueWork.CONTROL, "old", new Schedule("0 3 * * *", ZoneOffset.UTC), NOW);
    runtime.removeVariable(id("old"), KeepSchedule.Variable.WORK);
    assertThat(works(runtime))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "shop", Optional.of(DueWork.VERIFICATION),
                "crm", Optional.of(DueWork.CONTROL),
                "old", Optional.of(DueWork.VERIFICATION)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "crm"})
  void theWorkOfAnInstanceThatEndedMeanwhileIsUnknown(String target) {
    assertThat(works(endingAfterTheFirstQuery(id(target))))
        .containsEntry(target, Optional.empty())
        .hasSize(2);
  }

  /** Returns a service that ends an instance before its second query for instances. */
  private RuntimeService endingAfterTheFirstQuery(String instance) {
    int[] queries = {0};
    return (RuntimeService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {RuntimeService.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("createProcessInstanceQuery") && ++queries[0] == 2) {
                runtime.deleteProcessInstance(instance, "its time has come");
              }
              try {
                return method.invoke(runtime, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static Map<String, Optional<DueWork>> works(RuntimeService service) {
    Map<String, Optional<DueWork>> works = new TreeMap<>();
    DueWork.planned(service)
        .forEach((instance, work) -> works.put(instance.getBusinessKey(), work));
    return works;
  }

  private String id(String target) {
    return night.planned().stream()
        .filter(instance -> instance.getBusinessKey().equals(target))
        .findFirst()
        .orElseThrow()
        .getId();
  }
}
