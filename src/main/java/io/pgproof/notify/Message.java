package io.pgproof.notify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A notification, created when its event happened. The recipients and channels are determined when
 * it is sent.
 *
 * @param id stays the same for every recipient and every retry
 * @param at time of the event
 * @param event type of the event, lower case with hyphens
 * @param subject short enough for a phone; always one line, whatever names it contains
 * @param lead one sentence for a person
 * @param facts in reading order
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

  /** Returns the fact of this name. */
  public Optional<Fact> fact(String name) {
    return facts.stream().filter(fact -> fact.name().equals(name)).findFirst();
  }

  /** Returns this message with one more fact, the last one. */
  public Message with(Fact fact) {
    List<Fact> more = new ArrayList<>(facts);
    more.add(fact);
    return new Message(id, at, event, subject, lead, more, tables);
  }

  /**
   * One fact of a message.
   *
   * @param name for programs, lower camel case
   * @param value for programs: a text, a number, a boolean or {@code null}; times in ISO 8601
   * @param label for people; {@code null} if another fact already shows it to people
   * @param text for people; can have several lines
   */
  public record Fact(
      String name, @Nullable Object value, @Nullable String label, @Nullable String text) {
    public static Fact of(String name, @Nullable String label, @Nullable Object value) {
      return new Fact(name, value, label, Objects.toString(value, null));
    }

    /** Returns whether mails show it. */
    public boolean isForPeople() {
      return label != null && text != null;
    }
  }

  /**
   * Several entries of one kind.
   *
   * @param name for programs, lower camel case
   * @param rows all have the same labels
   */
  public record Table(String name, String title, List<List<Fact>> rows) {
    public Table {
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /** Removes line ends from a text, because a line end would end the mail header. */
  private static String oneLine(String text) {
    String line =
        text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ").replaceAll(" {2,}", " ").strip();
    return line.codePointCount(0, line.length()) <= LONGEST_SUBJECT
        ? line
        : line.substring(0, line.offsetByCodePoints(0, LONGEST_SUBJECT - 1)) + "…";
  }
}
