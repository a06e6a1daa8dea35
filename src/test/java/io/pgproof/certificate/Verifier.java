package io.pgproof.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** A VerifyPgproof.java, compiled without anything else. */
final class Verifier {
  private final Method verify;

  private Verifier(Method verify) {
    this.verify = verify;
  }

  /**
   * Compiles it.
   *
   * @param place an empty directory
   * @param options of the compiler
   */
  static Verifier compile(byte[] source, Path place, String... options)
      throws IOException, ReflectiveOperationException {
    Path classes = Files.createDirectory(place.resolve("classes"));
    Path file = Files.write(place.resolve("VerifyPgproof.java"), source);
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("-cp", classes.toString(), "-d", classes.toString(), file.toString()));
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
    return new Verifier(
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)
            .loadClass("VerifyPgproof")
            .getMethod("verify", Path.class, Path.class, PrintStream.class));
  }

  /** Returns what it prints; the last line says whether everything fits. */
  String verify(Path pack, Path trusted) throws ReflectiveOperationException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        (int)
            verify.invoke(null, pack, trusted, new PrintStream(out, true, StandardCharsets.UTF_8));
    String said = out.toString(StandardCharsets.UTF_8);
    assertThat(said.contains("\nOK  ")).as(said).isEqualTo(status == 0);
    return said;
  }
}
