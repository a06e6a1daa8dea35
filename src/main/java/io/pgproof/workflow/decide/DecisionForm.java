package io.pgproof.workflow.decide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.workflow.model.VerifyBackup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a task asks for, read from the form that Tasklist shows.
 *
 * @param decision its choices are the decisions that the task offers
 * @param until the last day of a waiver; empty if the task offers none
 * @param reason why it is decided so
 */
public record DecisionForm(Field decision, Optional<Field> until, Field reason) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One field.
   *
   * @param name the variable of the answer
   * @param help what the person must know to fill it in; empty if there is nothing to say
   */
  public record Field(String name, String label, String help, List<Choice> choices) {
    public Field {
      choices = List.copyOf(choices);
    }
  }

  /**
   * One of the answers to choose from.
   *
   * @param value the answer, such as {@code accept}
   */
  public record Choice(String value, String label) {}

  /**
   * Reads a form.
   *
   * @param form a Camunda form; closed afterwards
   */
  static DecisionForm read(InputStream form) {
    List<Field> fields = new ArrayList<>();
    try (form) {
      for (JsonNode component : JSON.readTree(form).path("components")) {
        if (component.has("key")) {
          fields.add(field(component));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new DecisionForm(
        field(fields, VerifyBackup.Variable.DECISION).orElseThrow(),
        field(fields, VerifyBackup.Variable.WAIVED_UNTIL),
        field(fields, VerifyBackup.Variable.DECISION_REASON).orElseThrow());
  }

  private static Optional<Field> field(List<Field> fields, String name) {
    return fields.stream().filter(field -> field.name().equals(name)).findFirst();
  }

  private static Field field(JsonNode component) {
    List<Choice> choices = new ArrayList<>();
    for (JsonNode choice : component.path("values")) {
      choices.add(new Choice(choice.path("value").asText(), choice.path("label").asText()));
    }
    return new Field(
        component.path("key").asText(),
        component.path("label").asText(component.path("dateLabel").asText()),
        component.path("description").asText(""),
        choices);
  }
}
