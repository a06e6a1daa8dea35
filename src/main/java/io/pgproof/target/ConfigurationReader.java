package io.pgproof.target;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Turns the file's tree into targets and goes on after a mistake, so that all of them are told at once. */
final class ConfigurationReader {
  private static final String NAME = "name";
  private static final String PATH = "path";
  private static final List<String> FIELDS_OF_FILE = List.of("targets");
  private static final Map<String, Setting<?>> SETTINGS = Setting.all().stream()
      .collect(Collectors.toMap(Setting::name, setting -> setting, (one, other) -> one, LinkedHashMap::new));
  private static final List<String> FIELDS_OF_TARGET =
      Stream.concat(Stream.of(NAME, PATH), SETTINGS.keySet().stream()).toList();

  private final Path file;
  private final List<Mistake> mistakes = new ArrayList<>();

  ConfigurationReader(Path file) {
    this.file = file;
  }

  private record Mistake(int line, String what) {}

  /** A field as it stands in the file; its line is where its name stands. */
  private record Field(int line, Node value) {}

  /** Every target of the file, or no return. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    Optional<Node> root = YamlFile.read(file);
    if (root.isEmpty()) {
      wrong(1, "the file is empty; allowed: the field targets with a list");
    } else {
      Field list = fields(root.get(), "the file", FIELDS_OF_FILE, "").get("targets");
      if (list != null) {
        targets.addAll(read(list));
      } else if (mistakes.isEmpty()) {
        wrong(YamlValues.line(root.get()), "targets is missing; allowed: a list of targets");
      }
    }
    Mistakes told = new Mistakes();
    mistakes.stream().sorted(Comparator.comparingInt(Mistake::line))
        .forEach(mistake -> told.add(file + ":" + mistake.line() + ": " + mistake.what()));
    told.throwIfAny();
    return targets;
  }

  private List<Target> read(Field list) {
    List<Target> targets = new ArrayList<>();
    if (!YamlValues.isList(list.value())) {
      wrong(list.line(), "targets is no list; allowed: a list of targets, each begun with - name:");
      return targets;
    }
    Map<String, Integer> lineOfName = new HashMap<>();
    List<Node> items = ((SequenceNode) list.value()).getValue();
    for (int n = 1; n <= items.size(); n++) {
      Node item = items.get(n - 1);
      String which = called(item).map(name -> " of target " + name).orElse(" of target " + n);
      Map<String, Field> fields = fields(item, "target " + n, FIELDS_OF_TARGET, which);
      Optional<String> name = name(item, fields, which, lineOfName);
      Optional<Path> path = path(item, fields, which);
      Settings settings = settings(fields, which);
      if (name.isPresent() && path.isPresent()) {
        targets.add(new Target(name.get(), path.get(), settings));
      }
    }
    return targets;
  }

  /** The name that a target goes by in messages, before anything of it was checked. */
  private static Optional<String> called(Node item) {
    return item instanceof MappingNode mapping
        ? mapping.getValue().stream()
            .filter(pair -> YamlValues.text(pair.getKeyNode()).filter(NAME::equals).isPresent())
            .flatMap(pair -> YamlValues.text(pair.getValueNode()).stream()).filter(Target::isName).findFirst()
        : Optional.empty();
  }

  private Optional<String> name(Node item, Map<String, Field> fields, String which, Map<String, Integer> lineOfName) {
    Optional<String> name = required(item, fields, NAME, which, Target.NAME_ALLOWED);
    if (name.isEmpty()) {
      return name;
    }
    int line = fields.get(NAME).line();
    if (!Target.isName(name.get())) {
      wrong(line, Mistakes.notAllowed(NAME + which, name.get(), Target.NAME_ALLOWED));
      return Optional.empty();
    }
    Integer before = lineOfName.putIfAbsent(name.get(), line);
    if (before != null) {
      wrong(line, "name is " + Mistakes.quoted(name.get()) + " as in line " + before
          + "; allowed: a name that no other target has");
      return Optional.empty();
    }
    return name;
  }

  private Optional<Path> path(Node item, Map<String, Field> fields, String which) {
    return required(item, fields, PATH, which, Form.DIRECTORY.allowed()).flatMap(text -> {
      try {
        return Optional.of(Form.DIRECTORY.reader().apply(text));
      } catch (IllegalArgumentException e) {
        wrong(fields.get(PATH).line(), Mistakes.notAllowed(PATH + which, text, Form.DIRECTORY.allowed()));
        return Optional.empty();
      }
    });
  }

  private Optional<String> required(Node item, Map<String, Field> fields, String name, String which, String allowed) {
    Field field = fields.get(name);
    if (field != null) {
      return one(field.line(), field.value(), name + which, allowed);
    }
    if (item instanceof MappingNode) {
      wrong(YamlValues.line(item), name + which + " is missing; allowed: " + allowed);
    }
    return Optional.empty();
  }

  private Settings settings(Map<String, Field> fields, String which) {
    Settings settings = Settings.NONE;
    for (Map.Entry<String, Setting<?>> known : SETTINGS.entrySet()) {
      Field field = fields.get(known.getKey());
      if (field != null) {
        settings = read(settings, known.getValue(), field, known.getKey() + which);
      }
    }
    return settings;
  }

  private Settings read(Settings settings, Setting<?> setting, Field field, String place) {
    if (!setting.isList()) {
      return one(field.line(), field.value(), place, setting.allowed())
          .filter(text -> isAllowed(field.line(), setting, place, text))
          .map(text -> settings.withText(setting, List.of(text))).orElse(settings);
    }
    if (!YamlValues.isList(field.value())) {
      wrong(field.line(), place + " is no list; allowed: a list, each " + setting.allowed());
      return settings;
    }
    List<String> texts = new ArrayList<>();
    for (Node item : ((SequenceNode) field.value()).getValue()) {
      one(YamlValues.line(item), item, "one of the " + place, setting.allowed())
          .filter(text -> isAllowed(YamlValues.line(item), setting, "one of the " + place, text))
          .ifPresent(texts::add);
    }
    return settings.withText(setting, texts);
  }

  private boolean isAllowed(int line, Setting<?> setting, String place, String text) {
    try {
      setting.read(List.of(text));
      return true;
    } catch (IllegalArgumentException e) {
      wrong(line, Mistakes.notAllowed(place, text, setting.allowed()));
      return false;
    }
  }

  private Map<String, Field> fields(Node node, String what, List<String> known, String which) {
    Map<String, Field> fields = new LinkedHashMap<>();
    if (!(node instanceof MappingNode mapping) || !Tag.MAP.equals(node.getTag())) {
      wrong(YamlValues.line(node), what + " has no fields; allowed: " + String.join(", ", known));
      return fields;
    }
    for (NodeTuple pair : mapping.getValue()) {
      int line = YamlValues.line(pair.getKeyNode());
      String name = YamlValues.text(pair.getKeyNode()).orElse("");
      if (!known.contains(name)) {
        wrong(line, "unknown field " + Mistakes.quoted(name) + which
            + Nearest.to(name, known).map(near -> " (did you mean " + near + "?)").orElse("")
            + "; allowed: " + String.join(", ", known));
        continue;
      }
      Field before = fields.putIfAbsent(name, new Field(line, pair.getValueNode()));
      if (before != null) {
        wrong(line, name + which + " is given twice, first in line " + before.line() + "; allowed: once");
      }
    }
    return fields;
  }

  private Optional<String> one(int line, Node node, String place, String allowed) {
    Optional<String> text = YamlValues.text(node);
    if (text.isEmpty()) {
      String instead = node instanceof ScalarNode ? (Tag.NULL.equals(node.getTag()) ? " has no value" : " has a type tag")
          : " is not one value";
      wrong(line, place + instead + "; allowed: " + allowed);
    }
    return text;
  }

  private void wrong(int line, String what) {
    mistakes.add(new Mistake(line, what));
  }
}
