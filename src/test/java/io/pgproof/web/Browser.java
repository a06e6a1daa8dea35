package io.pgproof.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * One person's browser: keeps cookies, and sends the token against forged requests as Camunda's
 * pages do.
 */
public final class Browser {
  private static final String ENGINE = "/camunda/api/engine/engine/default";
  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private final CookieManager cookies = new CookieManager();
  private final HttpClient client;
  private final String base;
  private String token;

  public Browser(String base) {
    this(base, HttpClient.newBuilder());
  }

  /** Trusts the certificate that this context trusts. */
  public Browser(String base, SSLContext tls) {
    this(base, HttpClient.newBuilder().sslContext(tls));
  }

  private Browser(String base, HttpClient.Builder client) {
    this.base = base;
    this.client = client.cookieHandler(cookies).build();
  }

  /** Asks for a path exactly as it is written here. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  /** Asks for a page, as one who types its address. */
  public HttpResponse<String> page(String path) throws IOException, InterruptedException {
    return send(request(path).setHeader("Accept", "text/html").GET());
  }

  /** Asks the engine, as Cockpit and Tasklist do. */
  public HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    return get(ENGINE + path);
  }

  public HttpResponse<String> tell(String path, String json)
      throws IOException, InterruptedException {
    return post(ENGINE + path, json);
  }

  public HttpResponse<String> change(String path, String json)
      throws IOException, InterruptedException {
    return send(modifying(ENGINE + path, "application/json").PUT(BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return send(modifying(ENGINE + path, "application/json").DELETE());
  }

  /** Sends this with any method, as the other ways do with theirs. */
  HttpResponse<String> send(String method, String path, String json)
      throws IOException, InterruptedException {
    return send(
        modifying(ENGINE + path, "application/json").method(method, BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> post(String path, String json)
      throws IOException, InterruptedException {
    return send(modifying(path, "application/json").POST(BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> postWithoutToken(String path, String json)
      throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> upload(String path, String boundary, String body)
      throws IOException, InterruptedException {
    return send(
        modifying(ENGINE + path, "multipart/form-data; boundary=" + boundary)
            .POST(BodyPublishers.ofString(body)));
  }

  /** Sends the form of the log-in page. A log-in that succeeds is answered with a redirect. */
  public HttpResponse<String> tryLogIn(String user, String password)
      throws IOException, InterruptedException {
    return tryLogIn(user, password, "/");
  }

  public HttpResponse<String> tryLogIn(String user, String password, String to)
      throws IOException, InterruptedException {
    return sendForm("/login", Map.of("username", user, "password", password, "to", to));
  }

  /** Sends a form of pgproof's own pages, with the token that the log-in page has. */
  public HttpResponse<String> sendForm(String path, Map<String, String> fields)
      throws IOException, InterruptedException {
    Matcher found = FORM_TOKEN.matcher(page("/login").body());
    assertThat(found.find()).as("a token in the log-in page").isTrue();
    Map<String, String> all = new LinkedHashMap<>(fields);
    all.put("_csrf", found.group(1));
    return sendFormWithoutToken(path, all);
  }

  public HttpResponse<String> sendFormWithoutToken(String path, Map<String, String> fields)
      throws IOException, InterruptedException {
    String form =
        fields.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        request(path)
            .setHeader("Accept", "text/html")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  public void logIn(String user, String password) throws IOException, InterruptedException {
    HttpResponse<String> answer = tryLogIn(user, password);
    assertThat(answer.statusCode()).as("log-in of " + user).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).hasValue("/");
    // The log-in begins a new session, and with it a new token.
    token = null;
  }

  /** Creates a user in a group, as an administrator does in Admin. */
  public void addPerson(String person, String password, String group)
      throws IOException, InterruptedException {
    addPerson(person, password);
    assertThat(change("/group/" + group + "/members/" + person, "").statusCode()).isEqualTo(204);
  }

  /** Adds a person who is in no group. */
  public void addPerson(String person, String password) throws IOException, InterruptedException {
    String profile =
        """
        {"profile": {"id": "%s", "firstName": "%1$s", "lastName": ""},
         "credentials": {"password": "%s"}}"""
            .formatted(person, password);
    assertThat(tell("/user/create", profile).statusCode()).isEqualTo(204);
  }

  /** Returns the id of the session. */
  public Optional<String> session() {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("JSESSIONID"))
        .map(HttpCookie::getValue)
        .findFirst();
  }

  /** Replaces the session by this one, as one who has seen its id. */
  public void useSession(String id) {
    cookies.getCookieStore().removeAll();
    HttpCookie cookie = new HttpCookie("JSESSIONID", id);
    cookie.setPath("/");
    cookie.setVersion(0);
    cookies.getCookieStore().add(URI.create(base), cookie);
  }

  private HttpRequest.Builder modifying(String path, String type)
      throws IOException, InterruptedException {
    if (token == null) {
      get("/camunda/app/welcome/default/");
    }
    HttpRequest.Builder request = request(path).header("Content-Type", type);
    // A stranger gets no token.
    return token == null ? request : request.header("X-XSRF-TOKEN", token);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(30))
        .header("Accept", "application/json, text/html");
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    answer
        .headers()
        .firstValue("X-XSRF-TOKEN")
        .filter(sent -> !sent.equals("Required"))
        .ifPresent(sent -> token = sent);
    return answer;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
