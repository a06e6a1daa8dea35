package io.pgproof.web.page.run;

import io.pgproof.audit.RemovedEvidence;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.web.view.RunDetails;
import io.pgproof.web.view.RunLookup;
import java.util.Optional;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** The page of one run. */
@Controller
@Profile("serve")
final class RunController {
  private final RunLookup runLookup;
  private final RunIndex runIndex;
  private final ModelPlanes model = new ModelPlanes();

  RunController(RunLookup runLookup, RunIndex runIndex) {
    this.runLookup = runLookup;
    this.runIndex = runIndex;
  }

  @GetMapping("/runs/{run}")
  String show(@PathVariable("run") String run, Model page) {
    Optional<RemovedEvidence> removed = runLookup.removed(run);
    if (removed.isPresent()) {
      page.addAttribute(
          "page", RemovedRunView.of(removed.get(), runIndex.find(removed.get().run())));
      return "run-removed";
    }
    page.addAttribute("page", RunView.of(find(run), model::draw, 0));
    return "run";
  }

  /**
   * Returns what has changed.
   *
   * @param seen the last entry that the browser has
   */
  @GetMapping("/runs/{run}/live")
  String live(@PathVariable("run") String run, @RequestParam("seen") long seen, Model page) {
    page.addAttribute("page", RunView.of(find(run), model::draw, seen));
    return "run :: main";
  }

  private RunDetails find(String run) {
    return runLookup.find(run).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
  }
}
