package io.pgproof.yaml;

import io.pgproof.proof.Mistakes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A set of fields, each read by its name. A mistake in a field is added to the document.
 *
 * <p>A reader function throws IllegalArgumentException, or a subclass, for a value that is not
 * allowed.
 */
public final class YamlItem {
  private final YamlDocument document;
  private final String which;
  private final int line;
  private final boolean hasFields;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /** A field of the file; its line is the line of its name. */
  private record Field(int line, Node value) {}

  /**
   * @param what the label of the whole item
   * @param which the label of the item after a field's name, with a leading blank; empty for the
   *     file
   */
  YamlItem(YamlDocument document, Node node, String what, String which, List<String> known) {
    this.document = document;
    this.which = which;
    this.line = YamlValues.line(node);
    this.hasFields = node instanceof MappingNode && Tag.MAP.equals(node.getTag());
    if (hasFields) {
      ((MappingNode) node).getValue().forEach(pair -> addField(pair, known));
    } else {
      document.addMistake(line, what + " has no fields; allowed: " + String.join(", ", known));
    }
  }

  private void addField(NodeTuple pair, List<String> known) {
    int at = YamlValues.line(pair.getKeyNode());
    String name = YamlValues.text(pair.getKeyNode()).orElse("");
    if (!known.contains(name)) {
      document.addMistake(
          at,
          "unknown field "
              + Mistakes.quoted(name)
              + which
              + Spelling.to(name, known).map(near -> " (did you mean " + near + "?)").orElse("")
              + "; allowed: "
              + String.join(", ", known));
      return;
    }
    Field before = fields.putIfAbsent(name, new Field(at, pair.getValueNode()));
    if (before != null) {
      document.addMistake(
          at, name + which + " is given twice, first in line " + before.line() + "; allowed: once");
    }
  }

  public boolean has(String field) {
    return fields.containsKey(field);
  }

  /** Returns the line where the item begins. */
  public int line() {
    return line;
  }

  /** Returns the line of a field that exists. */
  public int line(String field) {
    return Objects.requireNonNull(fields.get(field), field).line();
  }

  Optional<Node> node(String field) {
    return Optional.ofNullable(fields.get(field)).map(Field::value);
  }

  /** Returns the value of a mandatory field; empty if it is missing or its value is not allowed. */
  public <T> Optional<T> required(String field, String allowed, Function<String, T> reader) {
    if (hasFields && !has(field)) {
      missing(field, allowed);
    }
    return value(field, allowed, reader);
  }

  /** Adds the mistake that a mandatory field is missing. */
  public void missing(String field, String allowed) {
    document.addMistake(line, field + which + " is missing; allowed: " + allowed);
  }

  /** Adds the mistake that a field is not allowed here. */
  public void rejectField(String field, String why) {
    document.addMistake(line(field), field + which + " " + why);
  }

  /** Returns the value of a field; empty if the field is missing or its value is not allowed. */
  public <T> Optional<T> value(String field, String allowed, Function<String, T> reader) {
    return node(field)
        .flatMap(
            node -> one(line(field), node, field + which, allowed, reader, Mistakes::notAllowed));
  }

  /**
   * Works like {@link #value} for a field that can hold a secret: a mistake does not quote the
   * value.
   */
  public <T> Optional<T> secret(String field, String allowed, Function<String, T> reader) {
    return node(field)
        .flatMap(
            node ->
                one(
                    line(field),
                    node,
                    field + which,
                    allowed,
                    reader,
                    (place, text, instead) ->
                        place
                            + " is not allowed, and is not shown because it may contain a secret; allowed: "
                            + instead));
  }

  /** Returns the allowed values of a list; empty if the field is missing or is not a list. */
  public <T> Optional<List<T>> list(String field, String allowed, Function<String, T> reader) {
    Optional<Node> list = node(field);
    if (list.isPresent() && !YamlValues.isList(list.get())) {
      document.addMistake(
          line(field), field + which + " is not a list; allowed: a list, each " + allowed);
      return Optional.empty();
    }
    return list.map(
        node -> {
          List<T> values = new ArrayList<>();
          for (Node value : ((SequenceNode) node).getValue()) {
            one(
                    YamlValues.line(value),
                    value,
                    "one of the " + field + which,
                    allowed,
                    reader,
                    Mistakes::notAllowed)
                .ifPresent(values::add);
          }
          return values;
        });
  }

  private interface Mistake {
    String of(String place, String text, String allowed);
  }

  private <T> Optional<T> one(
      int at,
      Node node,
      String place,
      String allowed,
      Function<String, T> reader,
      Mistake mistake) {
    Optional<String> text = YamlValues.text(node);
    if (text.isEmpty()) {
      String instead =
          node instanceof ScalarNode
              ? (Tag.NULL.equals(node.getTag()) ? " has no value" : " has a type tag")
              : " is not a single value";
      document.addMistake(at, place + instead + "; allowed: " + allowed);
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(text.get()));
    } catch (IllegalArgumentException e) {
      document.addMistake(at, mistake.of(place, text.get(), allowed));
      return Optional.empty();
    }
  }
}
