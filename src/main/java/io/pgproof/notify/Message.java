package io.pgproof.notify;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What there is to tell, made when it happened; who is told, and how, is known when it is sent.
 *
 * @param id stays the same however often and to whomever it is sent
 * @param at when it happened
 * @param event what happened, lower case with hyphens
 * @param subject short enough for a phone; one line, whatever names it is made of
 * @param lead one sentence for a person
 * @param facts in the order in which a person reads them
 */
public record Message(
    String id,
    Instant at,
    String event,
    String subject,
    String lead,
    List<Fact> facts,
    List<Table> tables) {
  private static final int LONGEST_SUBJECT = 100;

  public Message {
    subject = oneLine(subject);
    facts = List.copyOf(facts);
    tables = List.copyOf(tables);
  }

  /**
   * One thing to know.
   *
   * @param name for programs, lower camel case
   * @param value for programs: a text, a number or {@code null}; times in ISO 8601
   * @param label for people; {@code null} where people read it in another fact already
   * @param text for people; may have lines
   */
  public record Fact(String name, Object value, String label, String text) {
    public static Fact of(String name, String label, Object value) {
      return new Fact(name, value, label, Objects.toString(value, null));
    }

    boolean isForPeople() {
      return label != null && text != null;
    }
  }

  /**
   * Many things of one kind.
   *
   * @param name for programs, lower camel case
   * @param rows the same labels in each
   */
  public record Table(String name, String title, List<List<Fact>> rows) {
    public Table {
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** A line of a mail's header ends where a line ends, so nothing that ends one may be in it. */
  private static String oneLine(String text) {
    String line =
        text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ").replaceAll(" {2,}", " ").strip();
    return line.codePointCount(0, line.length()) <= LONGEST_SUBJECT
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LONGEST_SUBJECT - 1)) + "…";
  }
}
