package io.pgproof.yaml;

import io.pgproof.proof.Reason;
import io.pgproof.proof.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.reader.StreamReader;

/** Reads a file as one tree of YAML nodes and constructs no objects from it. */
final class YamlFile {
  static final String CORRECT =
      "correct the file and run the command again, see docs/targets.md and docs/images.md for its fields";

  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_ALIASES = 50;
  private static final int DEEPEST = 20;

  private YamlFile() {}

  /**
   * Returns the root node; empty if the file has no content.
   *
   * @throws UsageException {@code no-such-path} if the file cannot be read, {@code bad-option} if
   *     it is not YAML
   */
  static Optional<Node> read(Path file) {
    String text = text(file);
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MOST_ALIASES);
    options.setNestingDepthLimit(DEEPEST);
    // No tag constructs an object here. The reader of the nodes refuses tags together with all
    // other mistakes.
    options.setTagInspector(tag -> true);
    try {
      return Optional.ofNullable(
          new Yaml(new SafeConstructor(options)).compose(new StringReader(text)));
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      throw notYaml(file + ":" + (mark.getLine() + 1), e.getProblem());
    } catch (YAMLException e) {
      throw notYaml(file.toString(), String.valueOf(e.getMessage()));
    }
  }

  private static String text(Path file) {
    byte[] bytes;
    if (Files.isDirectory(file)) {
      throw new UsageException(
          Reason.NO_SUCH_PATH,
          "the configuration " + file + " is a directory",
          "name the file, such as pgproof.yaml");
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new UsageException(
          Reason.NO_SUCH_PATH, "the configuration " + file + " does not exist");
    } catch (IOException e) {
      throw new UsageException(
          Reason.NO_SUCH_PATH, "the configuration " + file + " cannot be read: " + e.getMessage());
    }
    if (bytes.length > MOST_BYTES) {
      throw notYaml(file.toString(), "it is larger than 1M");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      requirePrintable(file, text);
      return text;
    } catch (CharacterCodingException e) {
      throw notYaml(file.toString(), "it is not encoded in UTF-8");
    }
  }

  /**
   * Refuses unprintable characters. The parser would also refuse them, but without the line number.
   */
  private static void requirePrintable(Path file, String text) {
    int line = 1;
    for (int c : text.codePoints().toArray()) {
      if (c == '\n') {
        line++;
      } else if (!StreamReader.isPrintable(c)) {
        throw notYaml(file + ":" + line, String.format("the character U+%04X is not allowed", c));
      }
    }
  }

  private static UsageException notYaml(String where, String why) {
    return new UsageException(
        Reason.BAD_OPTION, where + ": pgproof cannot read this YAML: " + why.strip(), CORRECT);
  }
}
