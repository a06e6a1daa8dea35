package io.pgproof.target;

import io.pgproof.proof.Mistakes;
import io.pgproof.yaml.YamlDocument;
import io.pgproof.yaml.YamlItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns the file into targets. */
final class ConfigurationReader {
  private static final String TARGETS = "targets";
  private static final String NAME = "name";
  private static final String PATH = "path";
  private static final List<String> FIELDS =
      Stream.concat(Stream.of(NAME, PATH), Setting.all().stream().map(Setting::name)).toList();

  private final YamlDocument document;
  private final Map<String, Integer> lineOfName = new HashMap<>();

  ConfigurationReader(Path file) {
    this.document = YamlDocument.read(file, TARGETS);
  }

  /** Every target of the file, or no return. */
  List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (YamlItem item : document.items(TARGETS, "target", NAME, FIELDS,
        name -> Target.isName(name) ? Optional.of("target " + name) : Optional.empty())) {
      Optional<String> name = name(item);
      Optional<Path> path = item.required(PATH, Form.DIRECTORY.allowed(), Form.DIRECTORY.reader());
      Settings settings = settings(item);
      if (name.isPresent() && path.isPresent()) {
        targets.add(new Target(name.get(), path.get(), settings));
      }
    }
    document.throwIfAny();
    return targets;
  }

  private Optional<String> name(YamlItem item) {
    Optional<String> name = item.required(NAME, Target.NAME_ALLOWED, text -> {
      if (!Target.isName(text)) {
        throw new IllegalArgumentException();
      }
      return text;
    });
    return name.filter(text -> {
      Integer before = lineOfName.putIfAbsent(text, item.line(NAME));
      if (before != null) {
        document.wrong(item.line(NAME), "name is " + Mistakes.quoted(text) + " as in line " + before
            + "; allowed: a name that no other target has");
      }
      return before == null;
    });
  }

  private static Settings settings(YamlItem item) {
    Settings settings = Settings.NONE;
    for (Setting<?> setting : Setting.all()) {
      settings = read(settings, setting, item);
    }
    return settings;
  }

  private static Settings read(Settings settings, Setting<?> setting, YamlItem item) {
    Optional<List<String>> texts = setting.isList()
        ? item.list(setting.name(), setting.allowed(), text -> checked(setting, text))
        : item.value(setting.name(), setting.allowed(), text -> checked(setting, text)).map(List::of);
    return texts.map(given -> settings.withText(setting, given)).orElse(settings);
  }

  private static String checked(Setting<?> setting, String text) {
    setting.read(List.of(text));
    return text;
  }
}
