package io.pgproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Playwright;
import io.pgproof.command.Trees;
import io.pgproof.state.StateDirectory;
import io.pgproof.web.Browser;
import io.pgproof.workflow.model.Groups;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one log-in in a real browser, of the program as {@code ./pgproof serve} starts it. */
@Tag("root")
class ServedLogInTest {
  private static final String PASSWORD = "Restore-2-prove";
  private static final Map<String, String> GROUPS =
      Map.of(
          "olga", Groups.OPERATORS,
          "arne", Groups.APPROVERS,
          "aude", Groups.AUDITORS,
          "ada", "camunda-admin",
          "late", Groups.OPERATORS);

  private static StateDirectory state;
  private static MockOAuth2Server provider;
  private static Program server;
  private static Playwright playwright;
  private static com.microsoft.playwright.Browser chromium;

  private ChromiumPage page;

  @BeforeAll
  static void serveAndBrowse() throws Exception {
    state = new StateDirectory(Files.createTempDirectory(Path.of("/var/tmp"), "pgproof-"));
    provider = new MockOAuth2Server();
    provider.start();
    Path secret = Files.writeString(state.path().resolve("client-secret"), "hush");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    server =
        Program.serve(
            state.path(),
            Map.of(
                "PGPROOF_OIDC_ISSUER", provider.issuerUrl("corp").toString(),
                "PGPROOF_OIDC_CLIENT_ID", "pgproof",
                "PGPROOF_OIDC_CLIENT_SECRET_FILE", secret.toString(),
                "PGPROOF_OIDC_NAME", "Example Corp",
                "PGPROOF_OIDC_OPERATORS", "dba"));
    Browser administrator = new Browser(server.address());
    administrator.logIn("admin", Files.readString(state.path().resolve("admin-password")).strip());
    for (Map.Entry<String, String> person : GROUPS.entrySet()) {
      administrator.addPerson(person.getKey(), PASSWORD, person.getValue());
    }
    playwright = ChromiumPage.playwright();
    chromium = ChromiumPage.launch(playwright);
  }

  @AfterAll
  static void end() throws Exception {
    if (playwright != null) {
      playwright.close();
    }
    server.terminate();
    server.await();
    Trees.remove(state.path());
    provider.shutdown();
  }

  @BeforeEach
  void openBrowser() {
    page = new ChromiumPage(chromium, server.address());
  }

  @AfterEach
  void closeBrowser() {
    page.close();
  }

  @ParameterizedTest
  @CsvSource({"olga, tasklist", "arne, tasklist", "aude, cockpit", "ada, cockpit"})
  void eachGroupLogsInAndOut(String person, String application) {
    page.open("/");
    page.awaitAddress(".*/login\\?to=%2F");
    page.look("log-in");
    page.enter(person, PASSWORD);
    page.awaitText("No targets yet");
    assertThat(page.place()).isEqualTo("/");
    page.look("log-in-" + person);

    page.open("/camunda/app/" + application + "/default/");
    page.awaitText(application.equals("tasklist") ? "Open tasks" : "Running Process Instances");
    page.look("log-in-" + person + "-" + application);

    page.logOut();
    page.look("log-out-" + person);
    page.open("/camunda/app/" + application + "/default/");
    page.awaitAddress(".*/login\\?to=.*");
  }

  @Test
  void aPersonOfTheProviderSeesTheSamePages() {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            "corp",
            "17",
            "JWT",
            List.of("pgproof"),
            Map.of("preferred_username", "olga", "name", "Maria Lind", "groups", List.of("dba")),
            600));
    page.open("/camunda/app/tasklist/default/#/?searchQuery=%5B%5D");
    page.awaitAddress(".*/login\\?to=.*");
    page.find("#provider").click();
    page.awaitAddress(".*/tasklist/default/#/.*");
    page.awaitText("Open tasks");
    page.look("log-in-provider-tasklist");

    page.open("/");
    page.awaitText("No targets yet");
    assertThat(page.find("header").textContent()).contains("Maria Lind");
    page.open("/camunda/app/cockpit/default/");
    page.awaitText("Running Process Instances");
    page.look("log-in-provider-cockpit");
    page.find(".account .dropdown-toggle").click();
    page.find(".account .logout a").click();
    page.awaitAddress(".*/login\\?.*");
  }

  @Test
  void theLogInFitsAPhone() {
    page.resize(390, 844);
    page.open("/login");
    page.look("log-in-phone");
  }

  @Test
  void aWrongPasswordIsExplained() {
    page.open("/login");
    page.enter("late", "guess");
    page.find("[role=alert]").waitFor();
    assertThat(page.find("[role=alert]").textContent()).contains("password is wrong");
    assertThat(page.faults()).singleElement().asString().contains("401", "/login");
    page.look("log-in-refused");
    assertThat(page.field("Password").inputValue()).isEmpty();
  }

  @Test
  void aDeepLinkIsOpenedAfterTheLogIn() {
    page.open("/camunda/app/cockpit/default/#/processes?searchQuery=%5B%5D");
    page.awaitAddress(".*/login\\?to=.*");
    page.enter("olga", PASSWORD);
    page.awaitAddress(".*/camunda/app/cockpit/default/#/processes\\?.*");
    page.find("a:has-text('Verify backup')").first().waitFor();
    page.look("log-in-deep-link");
  }

  @ParameterizedTest
  @CsvSource({
    "tasklist, Open tasks, .*/tasklist/default/#/.*",
    "cockpit, Processes, .*/cockpit/default/#/(processes|dashboard).*"
  })
  void anExpiredSessionLeadsToTheLogInAndBack(String application, String text, String back) {
    page.open("/camunda/app/" + application + "/default/");
    page.enter("olga", PASSWORD);
    page.awaitText(text);
    page.look("log-in-before-expiry-" + application);
    page.loseSession();
    if (application.equals("cockpit")) {
      page.find("a:has-text('Processes')").first().click();
    }
    page.awaitAddress(".*/login\\?to=.*");
    assertThat(page.faults()).allSatisfy(fault -> assertThat(fault).contains(" 401 "));
    page.look("log-in-after-expiry-" + application);
    page.enter("olga", PASSWORD);
    page.awaitAddress(back);
    page.awaitText(text);
  }
}
