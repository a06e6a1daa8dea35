package io.pgproof.notify;

import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import java.util.List;

/** Renders a message for mail: the same content in plain text and in HTML. */
final class MailText {
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
    int width = facts.stream().mapToInt(fact -> fact.label().length()).max().orElse(0);
    for (Fact fact : facts) {
      String begin = margin + fact.label() + " ".repeat(width - fact.label().length() + 2);
      text.append(begin)
          .append(fact.text().strip().replace("\n", "\n" + " ".repeat(begin.length())))
          .append('\n');
    }
  }

  static String html(Message message) {
    StringBuilder html =
        new StringBuilder("<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>")
            .append(escaped(subject(message)))
            .append("</title></head>\n<body style=\"font-family: sans-serif\">\n<p><b>")
            .append(escaped(message.lead()))
            .append("</b></p>\n<table>\n");
    for (Fact fact : forPeople(message.facts())) {
      html.append("<tr><th style=\"text-align: left; vertical-align: top; padding-right: 1em\">")
          .append(escaped(fact.label()))
          .append("</th><td style=\"white-space: pre-wrap\">")
          .append(escaped(fact.text().strip()))
          .append("</td></tr>\n");
    }
    html.append("</table>\n");
    message.tables().forEach(table -> html(html, table));
    return html.append("</body></html>\n").toString();
  }

  private static void html(StringBuilder html, Table table) {
    html.append("<h3>").append(escaped(table.title())).append("</h3>\n");
    if (table.rows().isEmpty()) {
      return;
    }
    html.append("<table border=\"1\" cellpadding=\"4\" style=\"border-collapse: collapse\">\n<tr>");
    List<String> labels =
        table.rows().get(0).stream().map(Fact::label).filter(label -> label != null).toList();
    labels.forEach(label -> html.append("<th>").append(escaped(label)).append("</th>"));
    html.append("</tr>\n");
    for (List<Fact> row : table.rows()) {
      html.append("<tr>");
      for (Fact fact : row) {
        if (fact.label() != null) {
          html.append("<td>")
              .append(fact.text() == null ? "" : escaped(fact.text()))
              .append("</td>");
        }
      }
      html.append("</tr>\n");
    }
    html.append("</table>\n");
  }

  private static List<Fact> forPeople(List<Fact> facts) {
    return facts.stream().filter(Fact::isForPeople).toList();
  }

  /** Escapes a text, so that a name or a server message is only displayed and never interpreted. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }
}
