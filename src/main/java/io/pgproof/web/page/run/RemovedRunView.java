package io.pgproof.web.page.run;

import io.pgproof.audit.RemovedEvidence;
import io.pgproof.evidence.runs.RunSummary;
import io.pgproof.web.page.Fact;
import io.pgproof.web.page.Moment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The page of a run whose evidence was removed: what the list of runs still says about it.
 *
 * @param subject the target, or the path that the run was requested for
 */
record RemovedRunView(String run, String subject, Moment removedAt, List<Fact> facts) {
  RemovedRunView {
    facts = List.copyOf(facts);
  }

  static RemovedRunView of(RemovedEvidence removed, Optional<RunSummary> summary) {
    List<Fact> facts = new ArrayList<>();
    facts.add(Fact.code("SHA-256 of the export", removed.exportSha256()));
    summary.ifPresent(known -> addFacts(known, facts));
    return new RemovedRunView(
        removed.run().value(),
        summary
            .map(known -> known.request().target().orElse(known.request().path()))
            .orElse("a negative control"),
        Moment.of(removed.at()),
        facts);
  }

  private static void addFacts(RunSummary run, List<Fact> facts) {
    facts.add(
        new Fact(
            "Requested", "by " + run.request().by() + ", ", Moment.of(run.request().at()), false));
    run.outcome()
        .ifPresent(
            outcome -> {
              facts.add(
                  Fact.of(
                      "Verdict", outcome.verdict().word() + " (" + outcome.reason().code() + ")"));
              facts.add(Fact.of("Because", outcome.message()));
              facts.add(Fact.at("Reached", outcome.at()));
              outcome.backup().ifPresent(backup -> facts.add(Fact.code("Backup", backup.path())));
            });
    run.decision()
        .ifPresent(
            decision ->
                facts.add(
                    new Fact(
                        "Decided",
                        decision.decision() + " by " + decision.by() + ", ",
                        Moment.of(decision.at()),
                        false)));
  }
}
