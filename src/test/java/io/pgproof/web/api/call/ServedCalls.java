package io.pgproof.web.api.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.pgproof.ClockHold;
import io.pgproof.audit.EvidenceLog;
import io.pgproof.certificate.CertificateKeys;
import io.pgproof.certificate.Certificates;
import io.pgproof.evidence.BoundedRecorder;
import io.pgproof.evidence.RunHistory;
import io.pgproof.evidence.RunRequests;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.evidence.log.LoggedEntries;
import io.pgproof.evidence.report.ComplianceReports;
import io.pgproof.evidence.runs.RunIndex;
import io.pgproof.report.ReportFiles;
import io.pgproof.target.CurrentConfiguration;
import io.pgproof.token.Scope;
import io.pgproof.token.TokenRequest;
import io.pgproof.token.Tokens;
import io.pgproof.workflow.control.Controls;
import io.pgproof.workflow.decide.DecisionTasks;
import io.pgproof.workflow.decide.PeopleOnEngine;
import io.pgproof.workflow.engine.Cancellations;
import io.pgproof.workflow.engine.OpenIncidents;
import io.pgproof.workflow.engine.OwnDefinitions;
import io.pgproof.workflow.engine.ProgressBoard;
import io.pgproof.workflow.engine.RunPaths;
import io.pgproof.workflow.verify.Verifications;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The API as it is served, on the engine and the evidence of {@link PeopleOnEngine}. */
final class ServedCalls implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Contract CONTRACT = Contract.read();

  final PeopleOnEngine people = new PeopleOnEngine();
  final Tokens tokens = new Tokens(people.database, people.trail, people.clock);
  final ServletWebServerApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();

  ServedCalls() {
    context =
        (ServletWebServerApplicationContext)
            new SpringApplicationBuilder(Application.class)
                .profiles("serve")
                .initializers(
                    application ->
                        application.getBeanFactory().registerSingleton("peopleOnEngine", people))
                .run("--server.port=0", "--server.tomcat.basedir=target/web-test/calls");
  }

  /** Not an application class of its own: other tests' component scans must not find it. */
  @ImportAutoConfiguration({
    ServletWebServerFactoryAutoConfiguration.class,
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    JacksonAutoConfiguration.class,
    SecurityAutoConfiguration.class,
    SecurityFilterAutoConfiguration.class
  })
  @ComponentScan({"io.pgproof.web.api", "io.pgproof.web.login", "io.pgproof.web.view"})
  static class Application {
    @Bean
    Clock clock(PeopleOnEngine people) {
      return people.clock;
    }

    @Bean
    DataSource dataSource(PeopleOnEngine people) {
      return people.database;
    }

    @Bean
    IdentityService identityService(PeopleOnEngine people) {
      return people.engine.getIdentityService();
    }

    @Bean
    EvidenceLog evidenceLog(PeopleOnEngine people) {
      return people.trail;
    }

    @Bean
    RunHistory runHistory(EvidenceLog evidenceLog) {
      return new RunHistory(evidenceLog);
    }

    @Bean
    BoundedRecorder boundedRecorder(EvidenceLog evidenceLog, Clock clock) {
      return new BoundedRecorder(evidenceLog, clock);
    }

    @Bean
    Tokens tokens(PeopleOnEngine people) {
      return new Tokens(people.database, people.trail, people.clock);
    }

    @Bean
    RunIndex runIndex(PeopleOnEngine people) {
      return new RunIndex(people.database);
    }

    @Bean
    ComplianceReports complianceReports(EvidenceLog evidenceLog, RunIndex runIndex, Clock clock) {
      return new ComplianceReports(evidenceLog, runIndex, clock, Optional::empty);
    }

    @Bean
    ReportFiles reportFiles(ComplianceReports reports) {
      return new ReportFiles(reports, Path.of("target"), Duration.ofSeconds(30));
    }

    /** Holds the clock of certificates, so that none is issued. */
    @Bean
    ClockHold clockHold() {
      return new ClockHold();
    }

    @Bean
    Certificates certificates(PeopleOnEngine people, ClockHold clockHold) throws IOException {
      Path state = Files.createTempDirectory(Path.of("target"), "calls-state");
      return new Certificates(
          new CertificateKeys(state.resolve("certificate"), "proof", people.trail, people.clock),
          people.trail,
          new EvidenceSequencer(
              people.database, people.trail, state.resolve("log"), "4b0d3a3e", people.clock),
          new LoggedEntries(people.database, people.trail, state.resolve("log")),
          clockHold.on(people.clock),
          null,
          Duration.ofMillis(50));
    }

    @Bean
    DecisionTasks decisionTasks(PeopleOnEngine people) {
      return people.tasks;
    }

    @Bean
    CurrentConfiguration currentConfiguration(PeopleOnEngine people) {
      return people.configuration;
    }

    @Bean
    ProgressBoard progressBoard(PeopleOnEngine people) {
      return people.progressBoard;
    }

    @Bean
    OpenIncidents openIncidents(PeopleOnEngine people) {
      return new OpenIncidents(people.engine.getRuntimeService());
    }

    @Bean
    RunPaths runPaths(PeopleOnEngine people) {
      return new RunPaths(people.engine.getHistoryService());
    }

    @Bean
    PlatformTransactionManager transactions(PeopleOnEngine people) {
      return new DataSourceTransactionManager(people.database);
    }

    @Bean
    Verifications verifications(PeopleOnEngine people, PlatformTransactionManager transactions) {
      return new Verifications(
          people.engine.getRuntimeService(),
          new OwnDefinitions(people.engine.getRepositoryService()),
          people.engine.getTaskService(),
          people.engine.getManagementService(),
          new TransactionTemplate(transactions),
          people.trail,
          new Cancellations(people.trail),
          new RunRequests(people.trail),
          people.clock,
          "PT5S",
          people.work,
          people.containerSlots,
          people.notifier);
    }

    @Bean
    Controls controls(
        PeopleOnEngine people,
        PlatformTransactionManager transactions,
        Verifications verifications) {
      return new Controls(
          people.engine.getRuntimeService(),
          new OwnDefinitions(people.engine.getRepositoryService()),
          new TransactionTemplate(transactions),
          people.database,
          people.trail,
          new Cancellations(people.trail),
          people.work,
          verifications,
          people.clock,
          "PT5S");
    }
  }

  /** Makes a user who is in these groups. */
  void user(String id, String... groups) {
    IdentityService identities = people.engine.getIdentityService();
    User user = identities.newUser(id);
    identities.saveUser(user);
    List.of(groups)
        .forEach(
            group -> {
              if (identities.createGroupQuery().groupId(group).count() == 0) {
                identities.saveGroup(identities.newGroup(group));
              }
              identities.createMembership(id, group);
            });
  }

  /** Creates a token that is valid for a day, and returns its secret. */
  String token(String user, Scope... scopes) {
    return tokens
        .create(
            new TokenRequest(user, "test", new TreeSet<>(List.of(scopes)), Duration.ofDays(1)),
            user)
        .secret()
        .reveal();
  }

  /**
   * An answer.
   *
   * @param body missing if the answer has none
   */
  record Answer(HttpResponse<String> http, JsonNode body) {
    int status() {
      return http.statusCode();
    }
  }

  Answer get(String path, String token) throws Exception {
    return send("GET", path, token, Map.of(), null);
  }

  /** Returns what is no JSON; the contract must know its type. */
  HttpResponse<byte[]> download(String path, String token) throws Exception {
    HttpResponse<byte[]> answer =
        client.send(request(path, token).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(
            CONTRACT.mistakes(
                "GET",
                path,
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                TextNode.valueOf("bytes")))
        .isEmpty();
    return answer;
  }

  private HttpRequest.Builder request(String path, String token) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + context.getWebServer().getPort() + "/api/v1" + path))
        .timeout(Duration.ofSeconds(90))
        .header("Authorization", "Bearer " + token);
  }

  Answer post(String path, String token, String body) throws Exception {
    return send("POST", path, token, Map.of(), body);
  }

  Answer send(String method, String path, String token, Map<String, String> headers, String body)
      throws Exception {
    HttpRequest.Builder request =
        request(path, token)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    headers.forEach(request::header);
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    JsonNode read = JSON.readTree(answer.body());
    assertThat(
            CONTRACT.mistakes(
                method,
                path.replaceFirst("\\?.*", ""),
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                read))
        .as("%s %s answered %s %s", method, path, answer.statusCode(), answer.body())
        .isEmpty();
    return new Answer(answer, read);
  }

  @Override
  public void close() {
    context.close();
    people.close();
  }
}
