package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.FromShadowDom;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.LoadState;
import com.microsoft.playwright.options.RequestOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;

/** One person's page in a real browser, where nothing may fail. */
final class ChromiumPage implements AutoCloseable {
  private static final double PATIENCE_MILLIS = 90_000;
  private static final double STILLNESS_MILLIS = 600;
  private static final int WIDE = 1360;
  private static final int NARROW = 390;
  private static final int HEIGHT = 900;
  private static final List<Pattern> KNOWN =
      List.of(
          // Each of Camunda's pages looks in a hidden frame for a page of Camunda's own
          // distribution.
          Pattern.compile(".* 40[14] .*/camunda-welcome"));

  private final String address;
  private final BrowserContext context;
  private final Page page;
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();

  ChromiumPage(Browser browser, String address) {
    this(browser, address, new Browser.NewContextOptions().setTimezoneId("UTC"));
  }

  /**
   * @param options what is not usual about this browser
   */
  ChromiumPage(Browser browser, String address, Browser.NewContextOptions options) {
    this.address = address;
    context = browser.newContext(options.setViewportSize(WIDE, HEIGHT).setLocale("en-US"));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    page = context.newPage();
    page.onPageError(error -> faults.add("page error: " + error));
    page.onRequestFailed(
        request -> {
          // What a page still asks for when it is left, the browser gives up.
          if (!request.failure().contains("net::ERR_ABORTED")) {
            faults.add(request.method() + " " + request.failure() + " " + request.url());
          }
        });
    page.onResponse(
        answer -> {
          if (answer.status() >= 400) {
            faults.add(answer.request().method() + " " + answer.status() + " " + answer.url());
          }
        });
    page.onConsoleMessage(
        message -> {
          // What was not there is among the answers already, with its status.
          if (message.type().equals("error")
              && !message.text().startsWith("Failed to load resource")) {
            faults.add("console: " + message.text());
          }
        });
  }

  void logIn(String person, String password) {
    open("/");
    enter(person, password);
  }

  /**
   * Logs out of one of Camunda's pages. Until that page is left, it may ask for more, which the
   * server has to refuse.
   */
  void logOut() {
    find(".account .dropdown-toggle").click();
    assertThat(faults()).as("before the log-out").isEmpty();
    find(".account .logout a").click();
    awaitAddress(".*/login\\?.*");
    faults.removeIf(fault -> fault.matches("[A-Z]+ 401 .*/camunda/.*"));
  }

  /** Playwright with no browser of its own. */
  static Playwright playwright() {
    return Playwright.create(
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  }

  /** Debian's browser. */
  static Browser launch(Playwright playwright) {
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(Path.of("/usr/bin/chromium"))
                .setArgs(
                    List.of("--no-sandbox", "--disable-gpu", "--disable-background-networking")));
  }

  /** Fills the form of the log-in, which is shown. */
  void enter(String person, String password) {
    field("User name").fill(person);
    field("Password").fill(password);
    find("button[type=submit]").click();
  }

  void open(String path) {
    page.navigate(address + path);
  }

  /** The address of the page that is shown, without that of the server. */
  String place() {
    return page.url().substring(address.length());
  }

  /** Ends the session as a long pause does: the server no longer knows what the browser sends. */
  void loseSession() {
    context.clearCookies(new BrowserContext.ClearCookiesOptions().setName("JSESSIONID"));
  }

  void resize(int width, int height) {
    page.setViewportSize(width, height);
  }

  /** Waits until the address is one that matches. */
  void awaitAddress(String pattern) {
    page.waitForURL(Pattern.compile(pattern));
  }

  Locator find(String selector) {
    return page.locator(selector);
  }

  Locator field(String label) {
    return page.getByLabel(label);
  }

  void awaitText(String text) {
    page.getByText(text).first().waitFor();
  }

  /** Opens the plane of a collapsed subprocess in the diagram that is shown. */
  void openPlane(String subprocess) {
    find("[data-container-id=" + subprocess + "] .bjs-drilldown").first().click();
    find("[data-element-id=" + subprocess + "_plane]").first().waitFor();
  }

  /** The height in pixels of the smallest letters that the diagram shows. */
  double smallestLabel() {
    return ((Number)
            page.evaluate(
                "() => Math.min(...[...document.querySelectorAll('.djs-container text')]"
                    + ".filter(text => text.textContent.trim() && text.getClientRects().length"
                    + " && text.getBoundingClientRect().width > 0)"
                    + ".map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().d))"))
        .doubleValue();
  }

  /** What the page's script would ask the engine for. */
  APIResponse ask(String method, String path, String json) {
    String token =
        context.cookies().stream()
            .filter(cookie -> cookie.name.equals("XSRF-TOKEN"))
            .findFirst()
            .orElseThrow()
            .value;
    RequestOptions options =
        RequestOptions.create()
            .setMethod(method)
            .setHeader("X-XSRF-TOKEN", token)
            .setHeader("Content-Type", "application/json");
    return context
        .request()
        .fetch(
            address + "/camunda/api/engine/engine/default" + path,
            json == null ? options : options.setData(json));
  }

  /** Keeps a picture of a page that has come whole, and holds it against what no page may have. */
  void look(String name) {
    page.waitForLoadState(LoadState.NETWORKIDLE);
    // What was asked for has come by now; what moves on the page comes to rest.
    page.waitForTimeout(STILLNESS_MILLIS);
    assertThat(page.locator(".ce-eol-banner:visible").count()).as("banners on " + name).isZero();
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
    assertThat(faults()).as(name).isEmpty();
  }

  /**
   * Keeps pictures of one of pgproof's own pages at both widths and in both schemes, and holds each
   * against what keeps people from using it: rules of axe, and parts that no screen shows.
   */
  void examine(String name) {
    for (int width : new int[] {NARROW, WIDE}) {
      resize(width, HEIGHT);
      for (ColorScheme scheme : new ColorScheme[] {ColorScheme.DARK, ColorScheme.LIGHT}) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        String picture = name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT);
        // Each width and each scheme once.
        if ((width == NARROW) == (scheme == ColorScheme.DARK)) {
          assertThat(new AxeBuilder(page).analyze().getViolations())
              .as(picture)
              .extracting(rule -> rule.getId() + ": " + rule.getNodes())
              .isEmpty();
        }
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        page.screenshot(
            new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(Path.of("target", "screenshots", picture + ".png")));
        assertThat(faults()).as(picture).isEmpty();
      }
    }
  }

  /**
   * Keeps a picture of one of pgproof's panels in Camunda's pages, and holds the panel against
   * rules of axe.
   */
  void examinePanel(String name) {
    find(".pgproof .panel").waitFor();
    look(name);
    assertThat(
            new AxeBuilder(page)
                .include(new FromShadowDom(".pgproof", ".panel"))
                .analyze()
                .getViolations())
        .as(name)
        .extracting(rule -> rule.getId() + ": " + rule.getNodes())
        .isEmpty();
  }

  /** Does something while a status answers what the page asks for at an address. */
  void whileAnswering(String path, int status, Runnable action) {
    page.route(
        address + path, route -> route.fulfill(new Route.FulfillOptions().setStatus(status)));
    try {
      action.run();
    } finally {
      page.unroute(address + path);
    }
  }

  /** Presses a key, such as {@code Tab}. */
  void press(String key) {
    page.keyboard().press(key);
  }

  /** Evaluates an expression in the page. */
  Object evaluate(String expression) {
    return page.evaluate(expression);
  }

  /** Sends a form as a script on another page would, with the token of the page that is shown. */
  int post(String path, Map<String, String> fields) {
    FormData form = FormData.create();
    fields.forEach(form::set);
    form.set("_csrf", find("input[name=_csrf]").first().inputValue());
    return context
        .request()
        .post(address + path, RequestOptions.create().setForm(form).setMaxRedirects(0))
        .status();
  }

  /** Clicks, and keeps the file that the server sends. */
  void download(Locator button, Path file) {
    page.waitForDownload(button::click).saveAs(file);
  }

  /** Asks for something that no page shows. */
  APIResponse get(String path) {
    return context.request().get(address + path, RequestOptions.create().setMaxRedirects(0));
  }

  /** What failed and is not known, since this was asked before. */
  List<String> faults() {
    List<String> all =
        faults.stream()
            .filter(fault -> KNOWN.stream().noneMatch(known -> known.matcher(fault).matches()))
            .toList();
    faults.clear();
    return all;
  }

  @Override
  public void close() {
    context.close();
  }
}
