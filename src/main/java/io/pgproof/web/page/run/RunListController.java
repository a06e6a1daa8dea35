package io.pgproof.web.page.run;

import io.pgproof.evidence.runs.RunFilter;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.evidence.runs.RunPage;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RunId;
import io.pgproof.proof.Verdict;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.target.Target;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.context.annotation.Profile;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/** The list of runs; the address holds the filter and the place, so that it can be kept. */
@Controller
@Profile("serve")
final class RunListController {
  private static final int PAGE = 50;

  private final RunIndex runIndex;
  private final CurrentConfiguration configuration;

  RunListController(RunIndex runIndex, CurrentConfiguration configuration) {
    this.runIndex = runIndex;
    this.configuration = configuration;
  }

  /**
   * The filter as the address has it; empty texts do not filter.
   *
   * @param from first day, in UTC
   * @param until last day, in UTC
   */
  record Filter(
      String target, String verdict, String reason, String person, String from, String until) {

    RunFilter read() {
      return new RunFilter(
          value(target, Function.identity()),
          value(verdict, Verdict::of),
          value(reason, Reason::of),
          value(person, Function.identity()),
          value(from, LocalDate::parse).map(day -> day.atStartOfDay().toInstant(ZoneOffset.UTC)),
          value(until, LocalDate::parse)
              .map(day -> day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC)));
    }

    private static <T> Optional<T> value(String text, Function<String, T> read) {
      try {
        return Optional.of(text.strip()).filter(given -> !given.isEmpty()).map(read);
      } catch (IllegalArgumentException | DateTimeParseException e) {
        throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
      }
    }

    public boolean isEmpty() {
      return equals(new Filter("", "", "", "", "", ""));
    }

    /** Returns the address of the runs before this one. */
    String older(RunId run) {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("target", target);
      values.put("verdict", verdict);
      values.put("reason", reason);
      values.put("person", person);
      values.put("from", from);
      values.put("until", until);
      values.put("before", run.value());
      values.values().removeIf(String::isBlank);
      UriComponentsBuilder address = UriComponentsBuilder.fromPath("/runs");
      values.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
      return address.encode().buildAndExpand(values).toUriString();
    }
  }

  @GetMapping("/runs")
  String list(
      @RequestParam(name = "target", defaultValue = "") String target,
      @RequestParam(name = "verdict", defaultValue = "") String verdict,
      @RequestParam(name = "reason", defaultValue = "") String reason,
      @RequestParam(name = "person", defaultValue = "") String person,
      @RequestParam(name = "from", defaultValue = "") String from,
      @RequestParam(name = "until", defaultValue = "") String until,
      @RequestParam(name = "before", defaultValue = "") String before,
      Model page) {
    Filter filter = new Filter(target, verdict, reason, person, from, until);
    Optional<RunId> last = Optional.of(before).filter(RunId::isOne).map(RunId::new);
    RunPage runs = runIndex.list(filter.read(), last, PAGE);
    page.addAttribute("filter", filter);
    page.addAttribute("first", last.isEmpty());
    page.addAttribute("runs", runs.runs().stream().map(RunRow::of).toList());
    page.addAttribute(
        "older", runs.more() ? filter.older(runs.runs().get(runs.runs().size() - 1).run()) : null);
    page.addAttribute("verdicts", Arrays.stream(Verdict.values()).map(Verdict::word).toList());
    page.addAttribute("reasons", Arrays.stream(Reason.values()).map(Reason::code).toList());
    page.addAttribute("targets", configuration.get().targets().stream().map(Target::name).toList());
    return "runs";
  }
}
