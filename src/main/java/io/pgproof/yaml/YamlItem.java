package io.pgproof.yaml;

import io.pgproof.proof.Mistakes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Something with fields, each asked for by its name; what is wrong with one is told to the
 * document.
 *
 * <p>A reader of values throws IllegalArgumentException, or what extends it, for one that is not
 * allowed.
 */
public final class YamlItem {
  private final YamlDocument document;
  private final String which;
  private final int line;
  private final boolean hasFields;
  private final Map<String, Field> fields = new LinkedHashMap<>();

  /** A field as it stands in the file; its line is where its name stands. */
  private record Field(int line, Node value) {}

  /**
   * @param what it is called as a whole
   * @param which it is called behind a field's name, with a blank before it; empty for the file
   */
  YamlItem(YamlDocument document, Node node, String what, String which, List<String> known) {
    this.document = document;
    this.which = which;
    this.line = YamlValues.line(node);
    this.hasFields = node instanceof MappingNode && Tag.MAP.equals(node.getTag());
    if (hasFields) {
      ((MappingNode) node).getValue().forEach(pair -> take(pair, known));
    } else {
      document.wrong(line, what + " has no fields; allowed: " + String.join(", ", known));
    }
  }

  private void take(NodeTuple pair, List<String> known) {
    int at = YamlValues.line(pair.getKeyNode());
    String name = YamlValues.text(pair.getKeyNode()).orElse("");
    if (!known.contains(name)) {
      document.wrong(
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
      document.wrong(
          at, name + which + " is given twice, first in line " + before.line() + "; allowed: once");
    }
  }

  public boolean has(String field) {
    return fields.containsKey(field);
  }

  /** Where it begins. */
  public int line() {
    return line;
  }

  /** Where a field stands that it has. */
  public int line(String field) {
    return fields.get(field).line();
  }

  Optional<Node> node(String field) {
    return Optional.ofNullable(fields.get(field)).map(Field::value);
  }

  /** What a field says that must be there. */
  public <T> Optional<T> required(String field, String allowed, Function<String, T> reader) {
    if (hasFields && !has(field)) {
      missing(field, allowed);
    }
    return value(field, allowed, reader);
  }

  /** Tells that a field must be there. */
  public void missing(String field, String allowed) {
    document.wrong(line, field + which + " is missing; allowed: " + allowed);
  }

  /** Tells that a field may not be there. */
  public void unfit(String field, String why) {
    document.wrong(line(field), field + which + " " + why);
  }

  /** What a field says; empty where it is not there or not allowed. */
  public <T> Optional<T> value(String field, String allowed, Function<String, T> reader) {
    return node(field)
        .flatMap(
            node -> one(line(field), node, field + which, allowed, reader, Mistakes::notAllowed));
  }

  /** As {@link #value}, of what may hold a secret: a mistake does not say what stands there. */
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
                            + " is none, and may hold a secret, so it is not shown; allowed: "
                            + instead));
  }

  /** What a list says, without what is not allowed; empty where it is not there or no list. */
  public <T> Optional<List<T>> list(String field, String allowed, Function<String, T> reader) {
    Optional<Node> list = node(field);
    if (list.isPresent() && !YamlValues.isList(list.get())) {
      document.wrong(line(field), field + which + " is no list; allowed: a list, each " + allowed);
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
              : " is not one value";
      document.wrong(at, place + instead + "; allowed: " + allowed);
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(text.get()));
    } catch (IllegalArgumentException e) {
      document.wrong(at, mistake.of(place, text.get(), allowed));
      return Optional.empty();
    }
  }
}
