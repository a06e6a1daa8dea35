package io.pgproof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/** The page about the server names each setting of the environment that there is, and no other. */
class SettingsTableTest {
  private static final Pattern ROW = Pattern.compile("^\\| (`PGPROOF_[^|]+)\\|", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`(PGPROOF_[A-Z_]+)`");

  /** Read before Spring starts, or by the launcher. */
  private static final Set<String> OF_THE_COMMAND =
      Set.of("PGPROOF_STATE", "PGPROOF_TAKE_DATABASE_FROM", "PGPROOF_JAVA_OPTIONS");

  @Test
  void thePageHasARowForEachSetting() throws IOException {
    ClassPathScanningCandidateComponentProvider types =
        new ClassPathScanningCandidateComponentProvider(false);
    types.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    Set<String> settings =
        types.findCandidateComponents("io.pgproof").stream()
            .map(type -> ClassUtils.resolveClassName(type.getBeanClassName(), null))
            .flatMap(SettingsTableTest::settings)
            .collect(Collectors.toCollection(TreeSet::new));
    settings.addAll(OF_THE_COMMAND);
    List<String> rows =
        ROW.matcher(Files.readString(Path.of("docs/server.md")))
            .results()
            .flatMap(row -> NAME.matcher(row.group(1)).results())
            .map(name -> name.group(1))
            .toList();

    assertThat(rows).containsExactlyInAnyOrderElementsOf(settings);
  }

  private static Stream<String> settings(Class<?> type) {
    String prefix = type.getAnnotation(ConfigurationProperties.class).value();
    return Arrays.stream(type.getRecordComponents())
        .map(RecordComponent::getName)
        .map(name -> (prefix + "." + name).replaceAll("([A-Z])", "_$1"))
        .map(name -> name.replace('.', '_').toUpperCase(Locale.ROOT));
  }
}
