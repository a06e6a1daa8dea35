package io.pgproof.workflow.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.junit.jupiter.api.Test;

/**
 * The whole list of the engine's commands with what becomes of each, so that a new one is seen by a
 * person before it is allowed.
 */
class AllowedCommandsTest {
  @Test
  void eachEngineCommandIsAllowedOrRefusedAsListed() throws Exception {
    SortedMap<String, String> reviewed = new TreeMap<>();
    try (InputStream list = AllowedCommandsTest.class.getResourceAsStream("commands.txt")) {
      new String(list.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> reviewed.put(line.split(" ")[1], line.split(" ")[0]));
    }
    assertThat(commands()).isEqualTo(reviewed);
  }

  private static SortedMap<String, String> commands()
      throws IOException, ReflectiveOperationException {
    Path jar = Path.of(Command.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    SortedMap<String, String> commands = new TreeMap<>();
    try (JarFile engine = new JarFile(jar.toFile())) {
      for (var entry : (Iterable<java.util.jar.JarEntry>) engine.stream()::iterator) {
        if (entry.getName().endsWith(".class") && !entry.getName().contains("/test/")) {
          String name =
              entry
                  .getName()
                  .replace('/', '.')
                  .substring(0, entry.getName().length() - ".class".length());
          try {
            Class<?> found = Class.forName(name, false, Command.class.getClassLoader());
            if (Command.class.isAssignableFrom(found)
                && !Modifier.isAbstract(found.getModifiers())) {
              commands.put(name, AllowedCommands.contains(found) ? "allowed" : "refused");
            }
          } catch (NoClassDefFoundError e) {
            // It needs a library that is not there, so it cannot be a command that runs.
          }
        }
      }
    }
    return commands;
  }
}
