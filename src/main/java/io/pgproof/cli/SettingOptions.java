package io.pgproof.cli;

import io.pgproof.proof.Mistakes;
import io.pgproof.target.Setting;
import io.pgproof.target.Settings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Gives a command one option for every setting; an option that is not given has no value, so that
 * the target's value applies.
 */
final class SettingOptions implements IModelTransformer {
  @Override
  public CommandSpec transform(CommandSpec spec) {
    Setting.all().forEach(setting -> spec.addOption(option(setting)));
    return spec;
  }

  /**
   * Returns the settings that the options contain.
   *
   * @throws io.pgproof.proof.UsageException {@code bad-option} with every value that is not allowed
   */
  static Settings read(ParseResult parsed) {
    Mistakes mistakes = new Mistakes();
    Settings settings = Settings.NONE;
    for (Setting<?> setting : Setting.all()) {
      OptionSpec option = parsed.matchedOption(name(setting));
      if (option != null) {
        settings = read(settings, setting, option.stringValues(), mistakes);
      }
    }
    mistakes.throwIfAny();
    return settings;
  }

  static String name(Setting<?> setting) {
    return setting == Setting.ASSERTIONS ? "--assert" : "--" + setting.name();
  }

  /** On the command line a path may be relative to the working directory; in a file it may not. */
  private static String allowed(Setting<?> setting) {
    return setting == Setting.WAL_ARCHIVE ? "a path" : setting.allowed();
  }

  private static Settings read(
      Settings settings, Setting<?> setting, List<String> texts, Mistakes mistakes) {
    List<String> absolute =
        setting == Setting.WAL_ARCHIVE
            ? texts.stream().map(SettingOptions::absolutePath).toList()
            : texts;
    boolean allowed = true;
    for (String text : absolute) {
      try {
        Settings.NONE.withText(setting, List.of(text));
      } catch (IllegalArgumentException e) {
        mistakes.add(Mistakes.notAllowed(name(setting), text, allowed(setting)));
        allowed = false;
      }
    }
    return allowed ? settings.withText(setting, absolute) : settings;
  }

  /**
   * Resolves a path against the working directory. An empty path stays empty and is refused,
   * because a shell variable without a value must not mean the working directory.
   */
  private static String absolutePath(String path) {
    return path.isEmpty() ? path : Path.of(path).toAbsolutePath().toString();
  }

  private static OptionSpec option(Setting<?> setting) {
    String repeated = setting.isList() ? "; may be given more than once" : "";
    String standard = setting.standard().map(value -> "; default " + value).orElse("");
    OptionSpec.Builder option =
        OptionSpec.builder(name(setting))
            .paramLabel(setting.label())
            .description(setting.meaning() + ": " + allowed(setting) + repeated + standard + ".");
    return (setting.isList()
            ? option.type(List.class).auxiliaryTypes(String.class)
            : option.type(String.class))
        .build();
  }
}
