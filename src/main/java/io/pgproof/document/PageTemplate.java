package io.pgproof.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/**
 * A template of a page that needs no other file and runs no script. Its head is the fragment {@code
 * head} of {@code page.html} in this room, which has the title and the style. Thread-safe.
 */
public final class PageTemplate {
  private final Class<?> owner;
  private final String name;
  private final TemplateEngine engine = new TemplateEngine();

  /**
   * @param owner beside which the template and its style sheets are resources
   * @param name of the template, without {@code .html}
   */
  public PageTemplate(Class<?> owner, String name) {
    this.owner = owner;
    this.name = owner.getPackageName().replace('.', '/') + "/" + name;
    ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver(owner.getClassLoader());
    resolver.setSuffix(".html");
    resolver.setTemplateMode(TemplateMode.HTML);
    resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
    engine.setTemplateResolver(resolver);
  }

  /**
   * Returns the page; it is well-formed XML.
   *
   * @param styles names of the resources with its style sheets, in order
   * @param values what the template shows; {@code title} is a text
   */
  public String write(List<String> styles, Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(values);
    all.put("style", styles.stream().map(this::resource).collect(Collectors.joining()));
    return engine.process(name, new Context(Locale.ROOT, all));
  }

  private String resource(String style) {
    try (InputStream in = Objects.requireNonNull(owner.getResourceAsStream(style), style)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
