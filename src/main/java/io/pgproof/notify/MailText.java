package io.pgproof.notify;

import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** Renders a message for mail: the same content in plain text and in HTML. */
final class MailText {
  private static final TemplateEngine TEMPLATES = templates();

  private MailText() {}

  static String subject(Message message) {
    return "[pgproof] " + message.subject();
  }

  static String plain(Message message) {
    StringBuilder text = new StringBuilder(message.lead()).append("\n\n");
    plain(text, forPeople(message.facts()), "  ");
    for (Table table : message.tables()) {
      text.append('\n').append(table.title()).append("\n");
      for (List<Fact> row : table.rows()) {
        text.append('\n');
        plain(text, forPeople(row), "  ");
      }
    }
    return text.toString();
  }

  private static void plain(StringBuilder text, List<Fact> facts, String margin) {
    int width = facts.stream().map(Fact::label).mapToInt(String::length).max().orElse(0);
    for (Fact fact : facts) {
      String label = Objects.requireNonNull(fact.label());
      String begin = margin + label + " ".repeat(width - label.length() + 2);
      text.append(begin)
          .append(
              Objects.requireNonNull(fact.text())
                  .strip()
                  .replace("\n", "\n" + " ".repeat(begin.length())))
          .append('\n');
    }
  }

  /** Fills the template, which escapes each text, so that it is displayed and never interpreted. */
  static String html(Message message) {
    return TEMPLATES.process(
        "mail",
        new Context(
            Locale.ROOT,
            Map.of(
                "subject", subject(message),
                "lead", message.lead(),
                "facts", forPeople(message.facts()),
                "tables", message.tables())));
  }

  private static TemplateEngine templates() {
    ClassLoaderTemplateResolver resolver =
        new ClassLoaderTemplateResolver(MailText.class.getClassLoader());
    resolver.setPrefix("io/pgproof/notify/");
    resolver.setSuffix(".html");
    resolver.setTemplateMode(TemplateMode.HTML);
    resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
    TemplateEngine engine = new TemplateEngine();
    engine.setTemplateResolver(resolver);
    return engine;
  }

  private static List<Fact> forPeople(List<Fact> facts) {
    return facts.stream().filter(Fact::isForPeople).toList();
  }
}
