package io.pgproof.web.page.run;

import io.pgproof.web.view.RunDetails;
import io.pgproof.web.view.RunLookup;
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
  private final ModelPlanes model = new ModelPlanes();

  RunController(RunLookup runLookup) {
    this.runLookup = runLookup;
  }

  @GetMapping("/runs/{run}")
  String show(@PathVariable("run") String run, Model page) {
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
