package io.pgproof.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgproof.notify.Message.Fact;
import io.pgproof.notify.Message.Table;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailTextTest {
  private static final String HOSTILE = "<a href='x'>&\"</a> ${subject} [[${lead}]] müde 日本";
  private static final String SHOWN =
      "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt; ${subject} [[${lead}]] müde 日本";

  @Test
  void textOfServersAndPeopleIsEscaped() {
    String html =
        MailText.html(
            message(
                HOSTILE,
                List.of(Fact.of("a", HOSTILE, HOSTILE)),
                List.of(
                    new Table("t", HOSTILE, List.of(List.of(Fact.of("b", HOSTILE, HOSTILE)))))));

    assertThat(html)
        .contains("<title>[pgproof] " + SHOWN + "</title>")
        .contains("<p><b>" + SHOWN + "</b></p>")
        .contains("\">" + SHOWN + "</th><td style=\"white-space: pre-wrap\">" + SHOWN + "</td>")
        .contains("<h3>" + SHOWN + "</h3>")
        .contains("<tr><th>" + SHOWN + "</th></tr>\n<tr><td>" + SHOWN + "</td></tr>")
        .doesNotContain("<a", "th:");
  }

  @Test
  void onlyLabelledFactsAreShownAndColumnsStayAligned() {
    List<Fact> row =
        List.of(
            Fact.of("first", "first", null),
            Fact.of("hidden", null, "for programs"),
            Fact.of("last", "last", 7));
    String html = MailText.html(message("s", row, List.of(new Table("t", "Rows", List.of(row)))));

    assertThat(html)
        .contains("padding-right: 1em\">last</th><td style=\"white-space: pre-wrap\">7</td>")
        .doesNotContain("padding-right: 1em\">first", "for programs")
        .contains("<tr><th>first</th><th>last</th></tr>\n<tr><td></td><td>7</td></tr>");
  }

  @Test
  void anEmptyTableIsShownAsItsTitle() {
    assertThat(
            MailText.html(
                message("s", List.of(), List.of(new Table("t", "Rows: none", List.of())))))
        .contains("<h3>Rows: none</h3>")
        .doesNotContain("border=\"1\"");
  }

  private static Message message(String text, List<Fact> facts, List<Table> tables) {
    return new Message("7b0d", Instant.EPOCH, "refuted", text, text, facts, tables);
  }
}
