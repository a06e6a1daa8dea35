package io.pgproof.web.page.task;

import io.pgproof.proof.HumanFormat;
import io.pgproof.proof.Report;
import io.pgproof.web.page.Fact;
import io.pgproof.web.page.Sign;
import io.pgproof.web.view.OpenTask;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.model.VerifyBackup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a task about a backup shows; a member that does not apply is {@code null}.
 *
 * @param variables what the form in Tasklist shows above its questions
 */
record TaskView(OpenTask open, Map<String, String> variables, DecisionPart part) {

  /** One line of several, such as an earlier run. */
  record Lines(String label, List<String> texts) {}

  public DecisionTask task() {
    return open.task();
  }

  public String run() {
    return open.run().value();
  }

  public String subject() {
    return open.subject();
  }

  public Report report() {
    return open.report();
  }

  public Sign sign() {
    return Sign.of(Objects.requireNonNull(open.report().verdict()));
  }

  public @Nullable String words() {
    return variables.get(VerifyBackup.Variable.WORDS);
  }

  public @Nullable String hint() {
    return variables.get(VerifyBackup.Variable.HINT);
  }

  public List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    add(facts, "Backup", VerifyBackup.Variable.BACKUP_PATH, true);
    addAge(facts);
    add(facts, "Handed on by", VerifyBackup.Variable.HANDED_ON_BY, false);
    add(facts, "Why it was handed on", VerifyBackup.Variable.HANDED_ON_REASON, false);
    add(facts, "Requested by", VerifyBackup.Variable.ASKED_BY, false);
    return facts;
  }

  private void addAge(List<Fact> facts) {
    Report.FreshnessFacts freshness = open.report().freshness();
    if (freshness == null || freshness.newest() == null || freshness.ageSeconds() == null) {
      return;
    }
    facts.add(Fact.at("Newest data", freshness.newest()));
    add(facts, "Time taken from", VerifyBackup.Variable.NEWEST_SOURCE, false);
    facts.add(Fact.of("Age", HumanFormat.duration(Duration.ofSeconds(freshness.ageSeconds()))));
    facts.add(
        Fact.of(
            "Age allowed", HumanFormat.duration(Duration.ofSeconds(freshness.maxAgeSeconds()))));
    if (freshness.ageSeconds() > freshness.maxAgeSeconds()) {
      facts.add(
          Fact.at("Too old since", freshness.newest().plusSeconds(freshness.maxAgeSeconds())));
    }
  }

  private void add(List<Fact> facts, String label, String variable, boolean mono) {
    Optional.ofNullable(variables.get(variable))
        .map(text -> mono ? Fact.code(label, text) : Fact.of(label, text))
        .ifPresent(facts::add);
  }

  public List<Lines> before() {
    List<Lines> lines = new ArrayList<>();
    add(lines, "Runs that joined", VerifyBackup.Variable.JOINED_RUNS);
    add(lines, "Runs before", VerifyBackup.Variable.TARGET_HISTORY);
    return lines;
  }

  private void add(List<Lines> lines, String label, String variable) {
    String text = variables.get(variable);
    if (text != null) {
      lines.add(new Lines(label, text.lines().toList()));
    }
  }
}
