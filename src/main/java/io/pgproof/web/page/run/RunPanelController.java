package io.pgproof.web.page.run;

import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.proof.RunId;
import io.pgproof.web.view.RunLookup;
import io.pgproof.workflow.decide.DecisionTask;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.engine.RunPaths;
import io.pgproof.workflow.model.VerifyBackup;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/** The panels about runs that Cockpit and Tasklist show beside their own, see panels.js. */
@Controller
@Profile("serve")
final class RunPanelController {
  private static final int LATEST = 50;

  private final RunLookup runLookup;
  private final RunIndex runIndex;
  private final RunPaths runPaths;
  private final DecisionTasks decisionTasks;

  RunPanelController(
      RunLookup runLookup, RunIndex runIndex, RunPaths runPaths, DecisionTasks decisionTasks) {
    this.runLookup = runLookup;
    this.runIndex = runIndex;
    this.runPaths = runPaths;
    this.decisionTasks = decisionTasks;
  }

  /** The panel of a process instance. */
  @GetMapping("/panels/instances/{id}")
  String instance(@PathVariable("id") String id, Model page) {
    RunPaths.Subject subject = runPaths.subject(id).orElseThrow(RunPanelController::notFound);
    if (subject.run().isPresent()) {
      return show(subject.run().get(), page);
    }
    page.addAttribute("target", subject.target().orElse(null));
    return "panel-other";
  }

  /** The panel of an open task. */
  @GetMapping("/panels/tasks/{id}")
  String task(@PathVariable("id") String id, Model page) {
    DecisionTask open =
        decisionTasks.open().stream()
            .filter(task -> task.id().equals(id))
            .findFirst()
            .orElseThrow(RunPanelController::notFound);
    return open.run().isPresent() ? show(open.run().get(), page) : "panel-other";
  }

  private String show(RunId run, Model page) {
    page.addAttribute(
        "page",
        RunView.of(
            runLookup.find(run.value()).orElseThrow(RunPanelController::notFound),
            // Cockpit and Tasklist draw it themselves.
            path -> List.of(),
            0));
    return "panel-run";
  }

  /** The panel of a process definition, whatever its version: runs outlive versions. */
  @GetMapping("/panels/definitions/{id}")
  String definition(@PathVariable("id") String id, Model page) {
    if (!id.split(":", 2)[0].equals(VerifyBackup.PROCESS)) {
      page.addAttribute("target", null);
      return "panel-other";
    }
    page.addAttribute(
        "runs",
        runIndex.list(RunFilter.ALL, Optional.empty(), LATEST).runs().stream()
            .filter(run -> run.outcome().isPresent())
            .map(RunRow::of)
            .toList());
    return "panel-runs";
  }

  private static ResponseStatusException notFound() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND);
  }
}
