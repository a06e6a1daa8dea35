package io.pgproof.yaml;

import io.pgproof.proof.Mistakes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A file that was read as YAML. A caller can continue to read values after a mistake, so that all
 * mistakes are reported together.
 */
public final class YamlDocument {
  private final Path file;
  private final Optional<YamlItem> top;
  private final List<Mistake> mistakes = new ArrayList<>();

  private record Mistake(int line, String what) {}

  private YamlDocument(Path file, List<String> fields) {
    this.file = file;
    Optional<Node> root = YamlFile.read(file);
    if (root.isEmpty()) {
      addMistake(1, "the file is empty; allowed: " + String.join(", ", fields));
    }
    this.top = root.map(node -> new YamlItem(this, node, "the file", "", fields));
  }

  /**
   * Reads a file.
   *
   * @param fields fields that the file can have
   * @throws UsageException {@code no-such-path} if the file cannot be read, {@code bad-option} if
   *     it is not YAML
   */
  public static YamlDocument read(Path file, String... fields) {
    return new YamlDocument(file, List.of(fields));
  }

  public boolean has(String field) {
    return top.filter(file -> file.has(field)).isPresent();
  }

  /**
   * Returns the value of a field of the file; empty if the field is missing or its value is not
   * allowed.
   */
  public <T> Optional<T> value(String field, String allowed, Function<String, T> reader) {
    return top.flatMap(file -> file.value(field, allowed, reader));
  }

  /** Returns the fields of the file itself; empty if the file is empty. */
  public Optional<YamlItem> file() {
    return top;
  }

  /** Returns a field of the file that has its own fields; empty if it is missing. */
  public Optional<YamlItem> section(String field, List<String> fields) {
    return top.flatMap(file -> file.node(field))
        .map(node -> new YamlItem(this, node, field, " of " + field, fields));
  }

  /**
   * Returns the items of a list that the file must contain.
   *
   * @param field name of the list in the file, the plural of {@code thing}
   * @param thing the word for an item in messages
   * @param name the field that identifies an item
   * @param fields fields that an item can have
   * @param label gives the label of an item with this name in messages; empty if the name is
   *     invalid
   */
  public List<YamlItem> items(
      String field,
      String thing,
      String name,
      List<String> fields,
      Function<String, Optional<String>> label) {
    List<YamlItem> items = new ArrayList<>();
    String allowed = "; allowed: a list of " + field;
    Optional<Node> list = top.flatMap(file -> file.node(field));
    if (list.isEmpty()) {
      top.filter(file -> mistakes.isEmpty())
          .ifPresent(file -> addMistake(file.line(), field + " is missing" + allowed));
    } else if (!YamlValues.isList(list.get())) {
      addMistake(
          top.orElseThrow().line(field),
          field + " is not a list" + allowed + ", each starting with - " + name + ":");
    } else {
      for (Node node : ((SequenceNode) list.get()).getValue()) {
        String which = thing + " " + (items.size() + 1);
        String called = nameOf(node, name).flatMap(label).orElse(which);
        items.add(new YamlItem(this, node, which, " of " + called, fields));
      }
    }
    return items;
  }

  /** Returns an item's name before the item is checked. */
  private static Optional<String> nameOf(Node item, String name) {
    return item instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .filter(pair -> YamlValues.text(pair.getKeyNode()).filter(name::equals).isPresent())
            .flatMap(pair -> YamlValues.text(pair.getValueNode()).stream())
            .findFirst()
        : Optional.empty();
  }

  /** Adds a mistake: the fact, then what is allowed instead; without a full stop. */
  public void addMistake(int line, String what) {
    mistakes.add(new Mistake(line, what));
  }

  /**
   * @throws UsageException {@code bad-option} with every mistake, in the order of the file
   */
  public void throwIfAny() {
    Mistakes told = new Mistakes();
    mistakes.stream()
        .sorted(Comparator.comparingInt(Mistake::line))
        .forEach(mistake -> told.add(file + ":" + mistake.line() + ": " + mistake.what()));
    told.throwIfAny(YamlFile.CORRECT);
  }
}
