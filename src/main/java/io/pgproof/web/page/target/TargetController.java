package io.pgproof.web.page.target;

import io.pgproof.web.chart.Badge;
import io.pgproof.web.login.Person;
import io.pgproof.web.view.TargetControls;
import io.pgproof.web.view.TargetList;
import io.pgproof.web.view.TargetLookup;
import io.pgproof.web.view.TargetStatus;
import io.pgproof.web.view.VerificationStart;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of one target, its badge, and the start of a verification or a negative control. */
@Controller
@Profile("serve")
final class TargetController {
  private static final List<Integer> PERIODS = List.of(30, 90, 365);
  private static final MediaType SVG = MediaType.valueOf("image/svg+xml");

  private final TargetLookup targetLookup;
  private final TargetList targetList;
  private final VerificationStart verificationStart;
  private final TargetControls targetControls;

  TargetController(
      TargetLookup targetLookup,
      TargetList targetList,
      VerificationStart verificationStart,
      TargetControls targetControls) {
    this.targetLookup = targetLookup;
    this.targetList = targetList;
    this.verificationStart = verificationStart;
    this.targetControls = targetControls;
  }

  @GetMapping("/targets/{name}")
  String show(
      @PathVariable("name") String name,
      @ModelAttribute("person") Person person,
      @RequestParam(name = "days", defaultValue = "90") int days,
      Model page) {
    int period = PERIODS.contains(days) ? days : 90;
    page.addAttribute(
        "page",
        new TargetView(
            targetLookup
                .find(name, Duration.ofDays(period))
                .orElseThrow(TargetController::notFound),
            VerificationStart.isAllowed(person),
            period));
    page.addAttribute("periods", PERIODS);
    return "target";
  }

  @PostMapping("/targets/{name}/verify")
  String verify(
      @PathVariable("name") String name,
      @ModelAttribute("person") Person person,
      RedirectAttributes next) {
    VerificationStart.Started run =
        verificationStart.start(name, person).orElseThrow(TargetController::notFound);
    tell(run, "verification", next);
    return "redirect:/runs/" + run.run();
  }

  @PostMapping("/targets/{name}/control")
  String control(
      @PathVariable("name") String name,
      @ModelAttribute("person") Person person,
      RedirectAttributes next) {
    VerificationStart.Started control =
        targetControls.start(name, person).orElseThrow(TargetController::notFound);
    tell(control, "negative control", next);
    return "redirect:/targets/" + name;
  }

  @PostMapping("/targets/{name}/control/cancel")
  String cancelControl(
      @PathVariable("name") String name,
      @ModelAttribute("person") Person person,
      RedirectAttributes next) {
    if (targetList.find(name).isEmpty()) {
      throw notFound();
    }
    next.addFlashAttribute(
        "done",
        targetControls.cancel(name, person)
            ? "The negative control ends as soon as its current step does."
            : "No negative control is under way.");
    return "redirect:/targets/" + name;
  }

  @GetMapping("/badge/{name}.svg")
  ResponseEntity<String> badge(@PathVariable("name") String name) {
    TargetStatus status = targetList.find(name).orElseThrow(TargetController::notFound);
    String svg =
        new TargetFacts(status)
            .outcome()
            .map(
                outcome ->
                    Badge.draw(
                        name,
                        outcome.verdict(),
                        outcome.verdict().word()
                            + " "
                            + LocalDate.ofInstant(outcome.at(), ZoneOffset.UTC)))
            .orElseGet(() -> Badge.draw(name, "never tried"));
    return ResponseEntity.ok().contentType(SVG).cacheControl(CacheControl.noCache()).body(svg);
  }

  @ExceptionHandler(VerificationStart.NotAllowedException.class)
  void refuse(HttpServletResponse response) throws IOException {
    response.sendError(HttpServletResponse.SC_FORBIDDEN);
  }

  private static void tell(VerificationStart.Started what, String name, RedirectAttributes next) {
    next.addFlashAttribute(
        "done",
        what.started()
            ? "The " + name + " has started."
            : "This " + name + " was already under way; no other was started.");
  }

  private static ResponseStatusException notFound() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND);
  }
}
