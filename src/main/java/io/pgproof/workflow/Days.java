package io.pgproof.workflow;

import io.pgproof.audit.Entry;
import io.pgproof.audit.Trail;
import io.pgproof.audit.Verdicts;
import io.pgproof.proof.Report;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.camunda.bpm.engine.runtime.Incident;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.Task;

/** Sums up a day from the trail and the engine. */
final class Days {
  /** How late a run may begin that was due; the job executor is not always at leisure. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);

  private final Trail trail;
  private final Verdicts verdicts;
  private final CurrentConfiguration configuration;
  private final RepositoryService repository;
  private final RuntimeService runtime;
  private final TaskService tasks;

  Days(Trail trail, Verdicts verdicts, CurrentConfiguration configuration, RepositoryService repository,
      RuntimeService runtime, TaskService tasks) {
    this.trail = trail;
    this.verdicts = verdicts;
    this.configuration = configuration;
    this.repository = repository;
    this.runtime = runtime;
    this.tasks = tasks;
  }

  Day until(Instant end) {
    Instant begin = end.minus(Day.LENGTH);
    List<Target> targets = configuration.get().targets();
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String verdict : List.of("proven", "stale", "refuted", "inconclusive")) {
      counts.put(verdict, verdicts.count(verdict, begin));
    }
    return new Day(end, targets.stream().map(this::standing).toList(), counts, waiting(), stuck(),
        targets.stream().flatMap(target -> missed(target, begin, end).stream()).toList());
  }

  private Day.Standing standing(Target target) {
    String key = OpenTasks.backupKey(target.request(Trail.PGPROOF));
    Optional<Report> last = verdicts.latest(key, 1).stream().findFirst()
        .flatMap(reached -> trail.last(reached.run(), VERDICT)).map(Days::report);
    return new Day.Standing(target.name(), last.map(Report::verdict).orElse(null), last.map(Report::reason).orElse(null),
        last.map(Report::run).orElse(null), last.map(Report::finishedAt).orElse(null),
        last.map(Report::freshness).map(Report.FreshnessFacts::newest).orElse(null),
        verdicts.last(key, "proven").isPresent());
  }

  private static Report report(Entry entry) {
    return ((Evidence.VerdictReached) Evidence.read(entry)).report();
  }

  private List<Day.Waiting> waiting() {
    return tasks.createTaskQuery().processDefinitionKey(VerifyBackup.PROCESS).orderByTaskCreateTime().asc().list().stream()
        .map(this::waiting).toList();
  }

  private Day.Waiting waiting(Task task) {
    return new Day.Waiting(task.getName(), (String) tasks.getVariable(task.getId(), VerifyBackup.Variable.TARGET),
        (String) tasks.getVariable(task.getId(), VerifyBackup.Variable.RUN), task.getCreateTime().toInstant());
  }

  private List<Day.Stuck> stuck() {
    return runtime.createIncidentQuery().orderByIncidentTimestamp().asc().list().stream().map(this::stuck).toList();
  }

  private Day.Stuck stuck(Incident incident) {
    ProcessDefinition process = repository.getProcessDefinition(incident.getProcessDefinitionId());
    ProcessInstance instance =
        runtime.createProcessInstanceQuery().processInstanceId(incident.getProcessInstanceId()).singleResult();
    return new Day.Stuck(process.getName(), incident.getActivityId(), instance == null ? null : instance.getBusinessKey(),
        incident.getIncidentMessage(), incident.getIncidentTimestamp().toInstant());
  }

  /** Whether anything else kept it from running, this does not tell: due and not begun is missed. */
  private Optional<Day.Missed> missed(Target target, Instant begin, Instant end) {
    if (target.plan().schedule().isEmpty()) {
      return Optional.empty();
    }
    Schedule schedule = target.plan().schedule().get();
    List<Instant> begun = trail.since(Evidence.kind(Evidence.Asked.class), begin).stream()
        .filter(asked -> ((Evidence.Asked) Evidence.read(asked)).request().target().equals(Optional.of(target.name())))
        .map(Entry::at).toList();
    List<Instant> missed = new ArrayList<>();
    int next = 0;
    for (Instant due = schedule.nextAfter(begin); due.isBefore(end.minus(GRACE)); due = schedule.nextAfter(due)) {
      while (next < begun.size() && begun.get(next).isBefore(due)) {
        next++;
      }
      if (next == begun.size() || begun.get(next).isAfter(due.plus(GRACE))) {
        missed.add(due);
      }
    }
    return missed.isEmpty() ? Optional.empty() : Optional.of(new Day.Missed(target.name(), missed.size(), missed.get(0)));
  }
}
