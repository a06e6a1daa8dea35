package io.pgproof.yaml;

import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads the values of nodes of the tree. */
final class YamlValues {
  private YamlValues() {}

  /**
   * Returns a value exactly as written, regardless of its YAML type: {@code no} is a name, and
   * {@code 1} is also a text.
   */
  static Optional<String> text(Node node) {
    return node instanceof ScalarNode scalar
            && !Tag.NULL.equals(node.getTag())
            && isStandard(node.getTag())
        ? Optional.of(scalar.getValue())
        : Optional.empty();
  }

  private static boolean isStandard(Tag tag) {
    return Stream.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.TIMESTAMP, Tag.MERGE)
        .anyMatch(tag::equals);
  }

  static boolean isList(Node node) {
    return node instanceof SequenceNode && Tag.SEQ.equals(node.getTag());
  }

  /** Returns the line number, counted from one. */
  static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
