package io.pgproof.web.page.target;

import io.pgproof.web.login.Person;
import io.pgproof.web.view.TargetList;
import java.time.Clock;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** The first page: all targets, and what needs somebody now. */
@Controller
@Profile("serve")
final class OverviewController {
  private final TargetList targetList;
  private final Clock clock;

  OverviewController(TargetList targetList, Clock clock) {
    this.targetList = targetList;
    this.clock = clock;
  }

  @GetMapping("/")
  String show(
      @ModelAttribute("person") Person person,
      @RequestParam(name = "name", defaultValue = "") String search,
      @RequestParam(name = "page", defaultValue = "1") int number,
      Model page) {
    page.addAttribute("page", view(person, search, number));
    return "targets";
  }

  /** The panel that Cockpit shows on its dashboard, see panels.js. */
  @GetMapping("/panels/targets")
  String panel(@ModelAttribute("person") Person person, Model page) {
    page.addAttribute("page", view(person, "", 1));
    return "panel-targets";
  }

  private OverviewView view(Person person, String search, int number) {
    return OverviewView.of(
        targetList.overview(), person, search, Math.max(1, number), clock.instant());
  }
}
