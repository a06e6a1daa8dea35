package io.pgproof.web.login;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.HttpRequestHandler;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;

/** The page at which everybody logs in. The template escapes each value. */
final class LogInPage implements HttpRequestHandler {
  static final String PATH = "/login";
  static final String LOG_OUT = "/logout";

  /** Request parameter: the address to which the log-in leads. */
  static final String RETURN_TO = "to";

  /** Request parameter: the person has just logged out. */
  static final String LOGGED_OUT = "out";

  /** Request parameter: the form that was sent is no longer valid. */
  static final String OUTDATED = "again";

  private final TemplateEngine templates = templates();
  private final @Nullable String provider;

  /**
   * @param provider what people call the OpenID provider; null if there is none
   */
  LogInPage(@Nullable String provider) {
    this.provider = provider;
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String message = null;
    if (request.getParameter(LOGGED_OUT) != null) {
      message = "You are logged out.";
    } else if (request.getParameter(OUTDATED) != null) {
      message = "The page was too old. Try again.";
    }
    show(request, response, message);
  }

  /** Writes the page; the status is the response's own. */
  void show(HttpServletRequest request, HttpServletResponse response, @Nullable String message)
      throws IOException {
    CsrfToken token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
    Context context = new Context(Locale.ROOT);
    context.setVariable("tokenName", token.getParameterName());
    context.setVariable("token", token.getToken());
    String to = LocalAddress.orFirstPage(request.getParameter(RETURN_TO));
    context.setVariable("to", to);
    context.setVariable("message", message);
    context.setVariable("provider", provider);
    context.setVariable(
        "start",
        OpenIdProvider.START
            + "/"
            + OpenIdProvider.ID
            + "?"
            + RETURN_TO
            + "="
            + URLEncoder.encode(to, StandardCharsets.UTF_8));
    context.setVariable("person", LoggedIn.person().map(Person::displayName).orElse(null));
    String html = templates.process("log-in", context);
    response.setContentType("text/html;charset=UTF-8");
    response.getOutputStream().write(html.getBytes(StandardCharsets.UTF_8));
  }

  private static TemplateEngine templates() {
    ClassLoaderTemplateResolver resolver =
        new ClassLoaderTemplateResolver(LogInPage.class.getClassLoader());
    resolver.setPrefix("io/pgproof/web/login/");
    resolver.setSuffix(".html");
    resolver.setTemplateMode(TemplateMode.HTML);
    resolver.setCharacterEncoding(StandardCharsets.UTF_8.name());
    TemplateEngine engine = new TemplateEngine();
    engine.setTemplateResolver(resolver);
    return engine;
  }
}
