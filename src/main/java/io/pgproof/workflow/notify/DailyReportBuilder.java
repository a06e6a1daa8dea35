package io.pgproof.workflow.notify;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.audit.VerdictHistory;
import io.pgproof.evidence.DayPeriod;
import io.pgproof.evidence.Evidence;
import io.pgproof.evidence.OpenTasks;
import io.pgproof.proof.Report;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Schedule;
import io.pgproof.target.Target;
import io.pgproof.workflow.model.NegativeControl;
import io.pgproof.workflow.model.ReviewResults;
import io.pgproof.workflow.model.VerifyBackup;
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

/** Builds the daily report from the evidence log and the engine. */
final class DailyReportBuilder {
  /** How late a due run may begin, because the job executor may be busy. */
  private static final Duration GRACE = Duration.ofMinutes(10);

  private static final String VERDICT = Evidence.kind(Evidence.VerdictReached.class);

  private final EvidenceLog evidenceLog;
  private final VerdictHistory verdictHistory;
  private final CurrentConfiguration configuration;
  private final RepositoryService repository;
  private final RuntimeService runtime;
  private final TaskService tasks;

  DailyReportBuilder(
      EvidenceLog evidenceLog,
      VerdictHistory verdictHistory,
      CurrentConfiguration configuration,
      RepositoryService repository,
      RuntimeService runtime,
      TaskService tasks) {
    this.evidenceLog = evidenceLog;
    this.verdictHistory = verdictHistory;
    this.configuration = configuration;
    this.repository = repository;
    this.runtime = runtime;
    this.tasks = tasks;
  }

  DailyReport build(Instant end) {
    Instant begin = end.minus(DailyReport.LENGTH);
    List<Target> targets = configuration.get().targets();
    Map<Verdict, Long> counts = new LinkedHashMap<>();
    for (Verdict verdict :
        List.of(Verdict.PROVEN, Verdict.STALE, Verdict.REFUTED, Verdict.INCONCLUSIVE)) {
      counts.put(verdict, verdictHistory.count(verdict, begin));
    }
    return new DailyReport(
        end,
        targets.stream().map(this::targetState).toList(),
        counts,
        waiting(),
        controls(),
        openIncidents(),
        targets.stream().flatMap(target -> missed(target, begin, end).stream()).toList());
  }

  private DailyReport.Standing targetState(Target target) {
    String key = OpenTasks.backupKey(target.request(EvidenceLog.PGPROOF));
    Optional<Report> last =
        verdictHistory.latest(key, 1).stream()
            .findFirst()
            .flatMap(reached -> evidenceLog.last(reached.run(), VERDICT))
            .map(DailyReportBuilder::report);
    return new DailyReport.Standing(
        target.name(),
        last.map(Report::verdict).orElse(null),
        last.map(Report::reason).orElse(null),
        last.map(Report::run).orElse(null),
        last.map(Report::period).map(Report.Period::finishedAt).orElse(null),
        last.map(Report::freshness).map(Report.FreshnessFacts::newest).orElse(null),
        last.map(Report::objectives).map(Report.Objectives::rpo).orElse(null),
        last.map(Report::objectives).map(Report.Objectives::rto).orElse(null),
        verdictHistory.last(key, Verdict.PROVEN).isPresent());
  }

  private static Report report(EvidenceEntry evidenceEntry) {
    return ((Evidence.VerdictReached) Evidence.read(evidenceEntry)).report();
  }

  private List<DailyReport.Waiting> waiting() {
    return tasks
        .createTaskQuery()
        .processDefinitionKeyIn(VerifyBackup.PROCESS, ReviewResults.PROCESS)
        .orderByTaskCreateTime()
        .asc()
        .list()
        .stream()
        .map(this::waiting)
        .toList();
  }

  private DailyReport.Waiting waiting(Task task) {
    ProcessInstance instance =
        runtime
            .createProcessInstanceQuery()
            .processInstanceId(task.getProcessInstanceId())
            .singleResult();
    boolean review =
        instance != null && instance.getProcessDefinitionKey().equals(ReviewResults.PROCESS);
    return new DailyReport.Waiting(
        task.getName(),
        (String) tasks.getVariable(task.getId(), VerifyBackup.Variable.TARGET),
        (String) tasks.getVariable(task.getId(), VerifyBackup.Variable.RUN),
        review ? DayPeriod.ofKey(instance.getBusinessKey()).toString() : null,
        task.getCreateTime().toInstant());
  }

  private List<DailyReport.UnderWay> controls() {
    return runtime
        .createProcessInstanceQuery()
        .processDefinitionKey(NegativeControl.PROCESS)
        .orderByBusinessKey()
        .asc()
        .list()
        .stream()
        .map(instance -> new RunId(instance.getBusinessKey()))
        .flatMap(
            control ->
                evidenceLog
                    .last(control, Evidence.kind(Evidence.ControlAsked.class))
                    .map(
                        asked ->
                            new DailyReport.UnderWay(
                                ((Evidence.ControlAsked) Evidence.read(asked)).target(),
                                control.value(),
                                asked.at()))
                    .stream())
        .toList();
  }

  private List<DailyReport.Stuck> openIncidents() {
    return runtime.createIncidentQuery().orderByIncidentTimestamp().asc().list().stream()
        .map(this::openIncidents)
        .toList();
  }

  private DailyReport.Stuck openIncidents(Incident incident) {
    ProcessDefinition process = repository.getProcessDefinition(incident.getProcessDefinitionId());
    ProcessInstance instance =
        runtime
            .createProcessInstanceQuery()
            .processInstanceId(incident.getProcessInstanceId())
            .singleResult();
    return new DailyReport.Stuck(
        process.getName(),
        incident.getActivityId(),
        instance == null ? null : instance.getBusinessKey(),
        incident.getIncidentMessage(),
        incident.getIncidentTimestamp().toInstant());
  }

  /**
   * Returns the due times without a run. It does not consider why a run did not begin: due and not
   * begun is missed.
   */
  private Optional<DailyReport.Missed> missed(Target target, Instant begin, Instant end) {
    if (target.plan().schedule().isEmpty()) {
      return Optional.empty();
    }
    Schedule schedule = target.plan().schedule().get();
    List<Instant> begun =
        evidenceLog.since(Evidence.kind(Evidence.Asked.class), begin).stream()
            .filter(
                asked ->
                    ((Evidence.Asked) Evidence.read(asked))
                        .request()
                        .target()
                        .equals(Optional.of(target.name())))
            .map(EvidenceEntry::at)
            .toList();
    List<Instant> missed = new ArrayList<>();
    int next = 0;
    for (Instant due = schedule.nextAfter(begin);
        due.isBefore(end.minus(GRACE));
        due = schedule.nextAfter(due)) {
      while (next < begun.size() && begun.get(next).isBefore(due)) {
        next++;
      }
      if (next == begun.size() || begun.get(next).isAfter(due.plus(GRACE))) {
        missed.add(due);
      }
    }
    return missed.isEmpty()
        ? Optional.empty()
        : Optional.of(new DailyReport.Missed(target.name(), missed.size(), missed.get(0)));
  }
}
