package io.pgproof.web.page;

import io.pgproof.web.login.LoggedIn;
import io.pgproof.web.login.Person;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.model.Groups;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Profile;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** Gives each page the person who asks, and what stands above it. */
@ControllerAdvice(basePackageClasses = LayoutAdvice.class)
@Profile("serve")
final class LayoutAdvice {
  private static final Map<String, String> WORDS = new LinkedHashMap<>();

  static {
    WORDS.put(Groups.OPERATORS, "operator");
    WORDS.put(Groups.APPROVERS, "approver");
    WORDS.put(Groups.AUDITORS, "auditor");
    WORDS.put(Groups.ADMINISTRATORS, "administrator");
  }

  private final DecisionTasks decisionTasks;
  private final String version;

  LayoutAdvice(DecisionTasks decisionTasks, @Value("${pgproof.version}") String version) {
    this.decisionTasks = decisionTasks;
    this.version = version;
  }

  @ModelAttribute("person")
  Person person() {
    return LoggedIn.person()
        .orElseThrow(() -> new IllegalStateException("a page was requested by nobody"));
  }

  @ModelAttribute("layout")
  Layout layout(@ModelAttribute("person") Person person) {
    return new Layout(
        person.displayName(),
        WORDS.entrySet().stream()
            .filter(group -> person.isIn(group.getKey()))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining(", ")),
        decisionTasks.count(),
        version);
  }
}
