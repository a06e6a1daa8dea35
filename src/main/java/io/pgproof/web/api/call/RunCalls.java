package io.pgproof.web.api.call;

import io.pgproof.audit.EvidenceEntry;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunPage;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.token.Scope;
import io.pgproof.web.api.ApiPaths;
import io.pgproof.web.api.RequiresScope;
import io.pgproof.web.view.RunDetails;
import io.pgproof.web.view.RunLookup;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows runs and their evidence. */
@RestController
@Profile("serve")
final class RunCalls {
  private static final int MOST_RUNS = 200;
  private static final int MOST_ENTRIES = 1000;
  private static final int MOST_WAIT = 60;
  private static final String TIME = "a time such as 2026-12-01T03:00:00Z";
  private static final String NEXT = "the member next of the page before";

  private final RunIndex runIndex;
  private final RunLookup runLookup;
  private final RunWait runWait;
  private final EvidenceLog evidenceLog;

  RunCalls(RunIndex runIndex, RunLookup runLookup, RunWait runWait, EvidenceLog evidenceLog) {
    this.runIndex = runIndex;
    this.runLookup = runLookup;
    this.runWait = runWait;
    this.evidenceLog = evidenceLog;
  }

  @GetMapping(ApiPaths.V1 + "/runs")
  @RequiresScope(Scope.READ)
  PageJson<RunJson> list(
      @RequestParam("target") Optional<String> target,
      @RequestParam("verdict") Optional<String> verdict,
      @RequestParam("reason") Optional<String> reason,
      @RequestParam("person") Optional<String> person,
      @RequestParam("from") Optional<String> from,
      @RequestParam("to") Optional<String> to,
      @RequestParam(name = "limit", defaultValue = "50") int limit,
      @RequestParam("before") Optional<String> before) {
    RunFilter filter =
        new RunFilter(
            target,
            Problems.value("verdict", verdict, Verdict::of, verdicts()),
            Problems.value("reason", reason, Reason::of, "a code of docs/reasons.md"),
            person,
            Problems.value("from", from, RunCalls::time, TIME),
            Problems.value("to", to, RunCalls::time, TIME));
    Problems.within("limit", limit, 1, MOST_RUNS);
    Optional<RunId> last =
        Problems.value(
            "before", before, text -> runIndex.find(new RunId(text)).orElseThrow().run(), NEXT);
    RunPage page = runIndex.list(filter, last, limit);
    evidenceLog.awaitDurable();
    return page(page.runs(), page.more(), RunJson::of, summary -> summary.run().value());
  }

  private static String verdicts() {
    return String.join(", ", Arrays.stream(Verdict.values()).map(Verdict::word).toList());
  }

  private static Instant time(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  @GetMapping(ApiPaths.V1 + "/runs/{run}")
  @RequiresScope(Scope.READ)
  RunInFullJson show(
      @PathVariable("run") String run, @RequestParam(name = "wait", defaultValue = "0") int wait) {
    Problems.within("wait", wait, 0, MOST_WAIT);
    RunId id = Problems.withEvidence(run, runIndex, evidenceLog);
    if (wait > 0) {
      runWait.await(id, Duration.ofSeconds(wait));
    }
    RunDetails details = find(run);
    RunSummary summary = Problems.run(run, runIndex);
    return RunInFullJson.of(
        summary,
        // The verdict may have been reached between the two.
        summary.outcome().isPresent() && !details.ended() ? find(run) : details);
  }

  private RunDetails find(String run) {
    return runLookup.find(run).orElseThrow(() -> Problems.noRun(run));
  }

  @GetMapping(ApiPaths.V1 + "/runs/{run}/evidence")
  @RequiresScope(Scope.READ)
  PageJson<EvidenceEntryJson> evidence(
      @PathVariable("run") String run,
      @RequestParam(name = "limit", defaultValue = "200") int limit,
      @RequestParam("after") Optional<String> after) {
    Problems.within("limit", limit, 1, MOST_ENTRIES);
    long last = Problems.value("after", after, Long::valueOf, NEXT).orElse(0L);
    RunId id = Problems.withEvidence(run, runIndex, evidenceLog);
    List<EvidenceEntry> entries = evidenceLog.after(last, id, limit + 1);
    evidenceLog.awaitDurable();
    boolean more = entries.size() > limit;
    return page(
        more ? entries.subList(0, limit) : entries,
        more,
        EvidenceEntryJson::of,
        entry -> String.valueOf(entry.id()));
  }

  private static <T, J> PageJson<J> page(
      List<T> found, boolean more, Function<T, J> json, Function<T, String> next) {
    return new PageJson<>(
        found.stream().map(json).toList(), more ? next.apply(found.get(found.size() - 1)) : null);
  }
}
