package io.pgproof.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgproof.proof.Depth;
import io.pgproof.proof.Reason;
import io.pgproof.proof.RecoveryTimeline;
import io.pgproof.proof.UsageException;
import io.pgproof.target.VerificationRequest.Limits;
import io.pgproof.target.VerificationRequest.Objectives;
import io.pgproof.target.VerificationRequest.Queries;
import io.pgproof.target.VerificationRequest.Replay;
import io.pgproof.target.VerificationRequest.Resources;
import io.pgproof.target.VerificationRequest.Timeouts;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  @TempDir Path place;

  @Test
  void everyFieldIsReadIntoTheRequest() throws IOException {
    VerificationRequest request =
        Configuration.read(
                file(
                    """
        targets:
          - name: shop
            path: /backups/shop
            freshness-query: select max(placed_at) from orders
            database: shop
            time-zone: Europe/Berlin
            max-age: 36h
            rto-objective: 45m
            assertions:
              - "select count(*) > 0 from orders"
              - |
                select bool_and(total >= 0)
                from orders
            depth: standard
            wal-archive: /backups/shop/wal
            timeline: 3
            inspection-timeout: 5m
            restore-timeout: 3h
            recovery-timeout: 2h
            check-timeout: 4h
            statement-timeout: 90s
            superuser: admin
            memory: 2G
            cpus: 1.5
            disk: 50GB
            keep: 2d
        """))
            .target("shop")
            .request("ada");
    assertThat(request)
        .isEqualTo(
            new VerificationRequest(
                Optional.of("shop"),
                Path.of("/backups/shop"),
                Depth.STANDARD,
                new Objectives(Duration.ofHours(36), Optional.of(Duration.ofMinutes(45))),
                new Queries(
                    Optional.of("select max(placed_at) from orders"),
                    "shop",
                    ZoneId.of("Europe/Berlin"),
                    List.of(
                        "select count(*) > 0 from orders",
                        "select bool_and(total >= 0)\nfrom orders"),
                    "admin"),
                new Replay(
                    Optional.of(Path.of("/backups/shop/wal")),
                    Optional.of(new RecoveryTimeline("3"))),
                new Limits(
                    Duration.ofHours(2),
                    Duration.ofHours(10),
                    new Timeouts(
                        Duration.ofMinutes(5),
                        Duration.ofHours(3),
                        Duration.ofHours(4),
                        Duration.ofSeconds(90))),
                new Resources(2L << 30, 1.5, Optional.of(50L << 30)),
                Duration.ofDays(2),
                VerificationRequest.Patience.DEFAULT,
                "ada"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "remind-after: 25h | :4: remind-after of target shop is 25h, but after 24h (escalate-after, by default) the task is escalated, so nobody would be reminded; allowed: less than 24h, or a later escalate-after",
        "remind-after: 24h | :4: remind-after of target shop is 24h, but after 24h (escalate-after, by default)",
        "'escalate-after: 2h, remind-after: 3h' | :4: remind-after of target shop is 3h, but after 2h (escalate-after) the task is escalated"
      })
  void aReminderAfterTheEscalationIsRefused(String fields, String mistake) throws IOException {
    Path file =
        file(
            "targets:\n  - name: shop\n    path: /backups/shop\n    "
                + fields.replace(", ", "\n    ")
                + "\n");
    UsageException refused =
        catchThrowableOfType(UsageException.class, () -> Configuration.read(file));
    assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
    assertThat(refused.getMessage().replaceAll(":5: ", ":4: ")).contains(file + mistake);
  }

  @Test
  void anUnreadableDurationIsReportedOnce() throws IOException {
    Path file =
        file(
            "targets:\n  - name: shop\n    path: /backups/shop\n    remind-after: soon\n    escalate-after: 2h\n");
    UsageException refused =
        catchThrowableOfType(UsageException.class, () -> Configuration.read(file));
    assertThat(refused).hasMessageContaining("soon");
    assertThat(refused.getMessage()).doesNotContain("nobody would");
  }

  @Test
  void schedulesAndRecipientsAreRead() throws IOException {
    Path file =
        file(
            """
        containers-at-once: 3
        heartbeat-url: https://hc.example.org/T0K3N
        mail:
          host: mail.example.org
          from: pgproof@example.org
          user: pgproof
          password-variable: PGPROOF_MAIL_PASSWORD
        recipients:
          - name: dba
            mail: dba@example.org
          - name: on-call
            web-hook: https://hooks.example.org/pgproof?team=db
            secret-file: /etc/pgproof/hook-secret
        daily-summary:
          at: 07:00
          time-zone: Europe/Berlin
          tell: [dba]
        review-schedule: "0 6  1 * *"
        anchor-command: [/usr/local/bin/keep-checkpoint, --to, git]
        anchor-tsa: https://tsa.example.org/stamp
        tsa-ca: /etc/pgproof/tsa.pem
        anchor-schedule: "0 */6 * * *"
        evidence-retention: 2555d
        targets:
          - name: shop
            path: /backups/shop
            schedule: "30  3 * * 1-5"
            control-schedule: "0 5 * * 0"
            schedule-zone: Europe/Berlin
            watch: true
            tell: [dba, on-call, dba]
        """);
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    assertThat(Configuration.read(file))
        .isEqualTo(
            new Configuration(
                file,
                3,
                Optional.of(new WebHookAddress.Written(URI.create("https://hc.example.org/T0K3N"))),
                Optional.of(new Schedule("0 6 1 * *", ZoneId.of("UTC"))),
                new Anchoring(
                    List.of("/usr/local/bin/keep-checkpoint", "--to", "git"),
                    Optional.of(URI.create("https://tsa.example.org/stamp")),
                    Optional.of(Path.of("/etc/pgproof/tsa.pem")),
                    new Schedule("0 */6 * * *", ZoneId.of("UTC"))),
                Optional.of(Duration.ofDays(2555)),
                new Notifications(
                    Optional.of(
                        new Mail(
                            "mail.example.org",
                            587,
                            Mail.Security.STARTTLS,
                            "pgproof@example.org",
                            Optional.of("pgproof"),
                            Optional.of(
                                new Secret(
                                    Optional.empty(), Optional.of("PGPROOF_MAIL_PASSWORD"))))),
                    List.of(
                        new Recipient(
                            "dba",
                            Optional.of("dba@example.org"),
                            Optional.empty(),
                            Optional.empty()),
                        new Recipient(
                            "on-call",
                            Optional.empty(),
                            Optional.of(
                                new WebHookAddress.Written(
                                    URI.create("https://hooks.example.org/pgproof?team=db"))),
                            Optional.of(
                                new Secret(
                                    Optional.of(Path.of("/etc/pgproof/hook-secret")),
                                    Optional.empty())))),
                    Optional.of(new SummarySettings(LocalTime.of(7, 0), berlin, List.of("dba")))),
                List.of(
                    new Target(
                        "shop",
                        Path.of("/backups/shop"),
                        Settings.NONE,
                        new Plan(
                            Optional.of(new Schedule("30 3 * * 1-5", berlin)),
                            Optional.of(new Schedule("0 5 * * 0", berlin)),
                            true,
                            List.of("dba", "on-call"))))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "containers-at-once: 0                       | :1: containers-at-once is '0'; allowed: a whole number from 1 to 64",
        "anchor-command: /bin/true                   | :1: anchor-command is not a list; allowed: a list, each the absolute path of a program, then its arguments",
        "anchor-command: [true, x]                   | :1: anchor-command does not begin with a program; allowed: a list, the absolute path of a program",
        "anchor-command: []                          | :1: anchor-command does not begin with a program",
        "{anchor-command: [/bin/true], anchor-schedule: daily, targets: []} | :1: anchor-schedule is 'daily'; allowed: five fields of cron",
        "anchor-schedule: 0 4 * * *                  | :1: anchor-schedule needs anchor-command or anchor-tsa, and both are missing",
        "anchor-tsa: ftp://tsa                       | :1: anchor-tsa is not allowed, and is not shown because it may contain a secret; allowed: an address such as",
        "tsa-ca: /etc/tsa.pem                        | :1: tsa-ca needs anchor-tsa, which is missing",
        "{anchor-tsa: https://tsa, tsa-ca: tsa.pem, targets: []} | :1: tsa-ca is 'tsa.pem'; allowed: an absolute path",
        "evidence-retention: 89d                     | :1: evidence-retention is '89d'; allowed: a duration such as 90s, 30m, 24h, 7d or PT1H30M, at least 90d",
        "review-schedule: monthly                    | :1: review-schedule is 'monthly'; allowed: five fields of cron",
        "heartbeat-url: hc.example.org/T0K3N         | :1: heartbeat-url is not allowed, and is not shown because it may contain a secret; allowed: an address such as https://",
        "heartbeat-url-file: there                   | :1: heartbeat-url-file is 'there'; allowed: an absolute path",
        "heartbeat-url-variable: a b                 | :1: heartbeat-url-variable is 'a b'; allowed: the name of an environment variable",
        "{heartbeat-url: https://h, heartbeat-url-file: /h, targets: []} | :1: heartbeat-url-file cannot be combined with heartbeat-url; allowed: one of the two",
        "mail: {host: m}                             | :1: from of mail is missing; allowed: an address such as dba@example.org",
        "mail: {host: m, from: p@m, user: u}         | :1: password-file of mail is missing; allowed: an absolute path, or password-variable",
        "mail: {host: m, from: p@m, password-file: /p} | :1: password-file of mail needs user, which is missing",
        "mail: {host: m, from: p@m, security: ssl}   | :1: security of mail is 'ssl'; allowed: starttls, tls or none",
        "mail: {host: m, from: p@m, port: 65536}     | :1: port of mail is '65536'; allowed: a whole number from 1 to 65535",
        "mail: {host: m, from: \"p@m\\nBcc: x@y\"}    | :1: from of mail is 'p@m Bcc: x@y'; allowed: an address",
        "mail: {host: m, from: p@m, user: u, password-file: /p, password-variable: P} | :1: password-variable of mail cannot be combined with password-file",
        "recipients: [{name: dba}]                   | :1: mail of recipient dba is missing; allowed: an address, or web-hook instead",
        "recipients: [{name: dba, mail: dba@m}]      | :1: mail of recipient dba needs a mail server; allowed: the field mail of the file",
        "recipients: [{name: o, web-hook: https://h}] | :1: secret-file of recipient o is missing; allowed: an absolute path, or secret-variable",
        "recipients: [{name: o, web-hook: https://h, web-hook-file: /h, secret-file: /s}] | :1: web-hook-file of recipient o cannot be combined with web-hook; allowed: one of the two",
        "recipients: [{name: o, mail: o@h, web-hook-file: /h, secret-file: /s}] | web-hook-file of recipient o cannot be combined with mail; allowed: one of the two",
        "recipients: [{name: o, web-hook-variable: H}] | :1: secret-file of recipient o is missing; allowed: an absolute path, or secret-variable",
        "recipients: [{name: o, web-hook: ftp://h, secret-file: /s}] | :1: web-hook of recipient o is not allowed, and is not shown because it may contain a secret; allowed: an address such as",
        "recipients: [{name: o, web-hook: https://u:p@h, secret-file: /s}] | web-hook of recipient o is not allowed, and is not shown because it may contain a secret; allowed:",
        "daily-summary: {at: 7, tell: []}            | :1: at of daily-summary is '7'; allowed: a time of day such as",
        "daily-summary: {at: 07:00}                  | :1: tell of daily-summary is missing; allowed: a list",
        "daily-summary: {at: 07:00, tell: [dba]}     | :1: tell of daily-summary names the recipient 'dba', which does not exist"
      })
  void aMistakeInTheNotificationsIsNamedWithItsLine(String yaml, String said) throws IOException {
    String targets = yaml.contains("targets:") ? "" : "\ntargets: []\n";
    assertThat(refused(file(yaml + targets)).getMessage())
        .contains(said)
        .doesNotContain("mistakes");
  }

  @Test
  void aMisspelledRecipientIsSuggested() throws IOException {
    assertThat(
            refused(
                    file(
                        """
        recipients: [{name: on-call, web-hook: "https://h", secret-variable: S}]
        targets: [{name: shop, path: /b, tell: [oncall]}]
        """))
                .getMessage())
        .contains(
            ":2: tell of target shop names the recipient 'oncall', which does not exist (did you mean on-call?)");
  }

  @Test
  void missingFieldsHaveTheirDefaults() throws IOException {
    VerificationRequest request =
        Configuration.read(
                file(
                    """
        targets: [{name: shop, path: /backups/shop}]
        """))
            .target("shop")
            .request("ada");
    assertThat(request)
        .isEqualTo(
            new VerificationRequest(
                Optional.of("shop"),
                Path.of("/backups/shop"),
                Depth.STANDARD,
                new Objectives(Duration.ofHours(24), Optional.empty()),
                new Queries(Optional.empty(), "postgres", ZoneId.of("UTC"), List.of(), "postgres"),
                new Replay(Optional.empty(), Optional.empty()),
                new Limits(Duration.ofHours(1), Duration.ofHours(14), Timeouts.DEFAULT),
                new Resources(1L << 30, 1, Optional.empty()),
                Duration.ZERO,
                VerificationRequest.Patience.DEFAULT,
                "ada"));
  }

  @Test
  void targetsKeepTheirOrder() throws IOException {
    Configuration configuration =
        Configuration.read(
            file(
                """
        targets:
          - {name: shop, path: /b/shop}
          - {name: 2-crm, path: /b/crm}
          - {name: a, path: /b/a}
        """));
    assertThat(configuration.targets())
        .extracting(Target::name)
        .containsExactly("shop", "2-crm", "a");
  }

  @Test
  void textThatLooksLikeAnotherYamlTypeStaysText() throws IOException {
    Target target =
        Configuration.read(
                file(
                    """
        targets: [{name: 007, path: /b, database: no, superuser: 1e3, memory: 1073741824, keep: 1d}]
        """))
            .target("007");
    assertThat(target.settings().get(Setting.DATABASE)).contains("no");
    assertThat(target.settings().get(Setting.SUPERUSER)).contains("1e3");
    assertThat(target.settings().get(Setting.MEMORY)).contains(1L << 30);
  }

  @Test
  void anAliasRepeatsAValue() throws IOException {
    Configuration configuration =
        Configuration.read(
            file(
                """
        targets:
          - {name: one, path: /b/one, max-age: &age 7d, assertions: &all [select true]}
          - {name: two, path: /b/two, max-age: *age, assertions: *all}
        """));
    assertThat(configuration.target("two").settings().get(Setting.MAX_AGE))
        .contains(Duration.ofDays(7));
    assertThat(configuration.target("two").settings().get(Setting.ASSERTIONS))
        .contains(List.of("select true"));
  }

  @Test
  void aConfigurationWithoutTargetsIsValid() throws IOException {
    assertThat(Configuration.read(file("targets: []\n")).targets()).isEmpty();
  }

  @Test
  void anUnknownTargetIsRefusedWithTheKnownNames() throws IOException {
    Configuration configuration =
        Configuration.read(file("targets: [{name: shop, path: /b/s}, {name: crm, path: /b/c}]"));
    UsageException refused =
        catchThrowableOfType(UsageException.class, () -> configuration.target("shpo"));
    assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
    assertThat(refused)
        .hasMessage(place.resolve("pgproof.yaml") + " has no target 'shpo'; it has shop, crm");
    assertThat(refused.finding().hint()).isEqualTo("did you mean shop?");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name             | Shop          | name of target 1 is 'Shop'",
        "name             | -shop         | name of target 1 is '-shop'",
        "path             | backups/shop  | path of target shop is 'backups/shop'; allowed: an absolute path",
        "path             | [/b]          | path of target shop is not a single value",
        "rto-objective    | 0s            | rto-objective of target shop is '0s'; allowed: ",
        "freshness-query  | '  '          | freshness-query of target shop is '  '; allowed: SQL",
        "freshness-query  | {a: b}        | freshness-query of target shop is not a single value",
        "database         | ''            | database of target shop is ''; allowed: a name",
        "database         |               | database of target shop has no value; allowed: a name",
        "database         | ~             | database of target shop has no value",
        "database         | !env HOME     | database of target shop has a type tag",
        "database         | !!java.io.File x | database of target shop has a type tag",
        "time-zone        | Berlin        | time-zone of target shop is 'Berlin'; allowed: a time zone such as UTC, Europe/Berlin",
        "max-age          | 1 day         | max-age of target shop is '1 day'; allowed: a duration such as 90s, 30m, 24h, 7d",
        "max-age          | -PT1H         | max-age of target shop is '-PT1H'; allowed: a duration",
        "max-age          | 999999999d    | max-age of target shop is '999999999d'; allowed: a duration",
        "assertions       | select true   | assertions of target shop is not a list; allowed: a list, each SQL",
        "assertions       | [[a]]         | one of the assertions of target shop is not a single value",
        "assertions       | ['']          | one of the assertions of target shop is ''; allowed: SQL",
        "assertions       | !!set {a}     | assertions of target shop is not a list",
        "depth            | full          | depth of target shop is 'full'; allowed: quick, standard or deep",
        "wal-archive      | wal           | wal-archive of target shop is 'wal'; allowed: an absolute path",
        "timeline         | newest        | timeline of target shop is 'newest'; allowed: latest (the newest one that continues from the backup)",
        "timeline         | 0             | timeline of target shop is '0'; allowed: latest (the newest one that continues from the backup)",
        "recovery-timeout | 0s            | recovery-timeout of target shop is '0s'; allowed: a duration",
        "superuser        | \" \"         | superuser of target shop is ' '; allowed: a name",
        "memory           | 255M          | memory of target shop is '255M'; allowed: a size such as 512M or 2G, at least 256M",
        "disk             | 63M           | disk of target shop is '63M'; allowed: a size such as 512M or 2G, at least 64M",
        "disk             | full          | disk of target shop is 'full'; allowed: a size",
        "memory           | lots          | memory of target shop is 'lots'; allowed: a size",
        "memory           | 999999999999T | memory of target shop is '999999999999T'; allowed: a size",
        "cpus             | 0             | cpus of target shop is '0'; allowed: a number from 0.05 to 1024",
        "cpus             | 1025          | cpus of target shop is '1025'; allowed: a number",
        "cpus             | .nan          | cpus of target shop is '.nan'; allowed: a number",
        "keep             | for ever      | keep of target shop is 'for ever'; allowed: a duration",
        "max_age          | 24h           | unknown field 'max_age' of target shop (did you mean max-age?); allowed: name, path, schedule",
        "freshness        | select 1      | unknown field 'freshness' of target shop (did you mean freshness-query?)",
        "databse          | shop          | unknown field 'databse' of target shop (did you mean database?)",
        "schedule         | '0 3 * *'     | schedule of target shop is '0 3 * *'; allowed: five fields of cron",
        "schedule         | '60 3 * * *'  | schedule of target shop is '60 3 * * *'; allowed: five fields of cron",
        "schedule         | '0 0 30 2 *'  | schedule of target shop is '0 0 30 2 *'; allowed: five fields of cron",
        "schedule-zone    | UTC           | schedule-zone of target shop needs schedule or control-schedule, which are missing",
        "control-schedule | weekly        | control-schedule of target shop is 'weekly'; allowed: five fields of cron",
        "watch            | yes           | watch of target shop is 'yes'; allowed: true or false",
        "tell             | dba           | tell of target shop is not a list",
        "tell             | [dba]         | tell of target shop names the recipient 'dba', which does not exist; allowed: none, because recipients are missing",
        "colour           | red           | unknown field 'colour' of target shop; allowed: name, path",
        "<<               | {memory: 1G}  | unknown field '<<' of target shop; allowed: name, path"
      })
  void aWrongValueIsNamedWithItsLine(String field, String value, String said) throws IOException {
    String name = field.equals("name") ? "" : "    name: shop\n";
    String path = field.equals("path") ? "" : "    path: /backups/shop\n";
    String yaml =
        "targets:\n  -\n"
            + name
            + path
            + "    "
            + field
            + ": "
            + (value == null ? "" : value)
            + "\n";
    int line = (int) yaml.lines().count();
    UsageException refused = refused(file(yaml));
    assertThat(refused.finding().reason()).isEqualTo(Reason.BAD_OPTION);
    assertThat(refused.getMessage())
        .startsWith(place.resolve("pgproof.yaml") + ":" + line + ": " + said)
        .doesNotContain("mistakes");
  }

  @Test
  void allMistakesAreReportedInTheOrderOfTheFile() throws IOException {
    Path file =
        file(
            """
        target: []
        targets:
          - name: shop
            path: /backups/shop
            max-age: soon
            memory: 1M
            max-age: 24h
          - path: relative
          - name: shop
            path: /backups/other
            assertions:
              - select true
              -
          - just a text
        """);
    assertThat(
            refused(file).getMessage().lines().map(line -> line.replace(file.toString(), "FILE")))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("9 mistakes:"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:1: unknown field 'target' (did you mean targets?); "
                            + "allowed: containers-at-once, heartbeat-url, heartbeat-url-file, heartbeat-url-variable, mail, recipients, daily-summary, review-schedule, anchor-command, anchor-tsa, tsa-ca, anchor-schedule, evidence-retention, targets"),
            line ->
                assertThat(line)
                    .startsWith("  FILE:5: max-age of target shop is 'soon'; allowed: "),
            line ->
                assertThat(line).startsWith("  FILE:6: memory of target shop is '1M'; allowed: "),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:7: max-age of target shop is given twice, first in line 5; allowed: once"),
            line -> assertThat(line).startsWith("  FILE:8: name of target 2 is missing; allowed: "),
            line ->
                assertThat(line).startsWith("  FILE:8: path of target 2 is 'relative'; allowed: "),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  FILE:9: name is 'shop' as in line 3; allowed: a name that no other target has"),
            line ->
                assertThat(line)
                    .startsWith("  FILE:13: one of the assertions of target shop has no value"),
            line ->
                assertThat(line)
                    .startsWith("  FILE:14: target 4 has no fields; allowed: name, path, "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                            | :1: the file is empty",
        "# nothing                   | :1: the file is empty",
        "just a text                 | :1: the file has no fields; allowed: containers-at-once",
        "targets: shop               | :1: targets is not a list",
        "{}                          | :1: targets is missing",
        "targets:                    | :1: targets is not a list",
        "targets: [{}]               | name of target 1 is missing; allowed: ",
        "targets: [{name: shop}]     | :1: path of target shop is missing; allowed: an absolute path",
        "targets: [a: b: c]          | :1: pgproof cannot read this YAML",
        "targets: [*gone]            | :1: pgproof cannot read this YAML",
        "!!java.net.URL [a]          | :1: the file has no fields"
      })
  void aFileOfAnotherStructureIsRefused(String yaml, String said) throws IOException {
    assertThat(refused(file(yaml == null ? "" : yaml)).getMessage()).contains(said);
  }

  @Test
  void brokenYamlIsNamedWithItsLine() throws IOException {
    assertThat(refused(file("targets:\n  - name: shop\n\tpath: /b\n")).getMessage())
        .contains("pgproof.yaml:3: pgproof cannot read this YAML", "TAB");
    assertThat(refused(file("targets: []\n---\ntargets: []\n")).getMessage())
        .contains("pgproof.yaml:2: pgproof cannot read this YAML");
    assertThat(refused(file("targets:\n\n- \u0001\n")).getMessage())
        .contains("pgproof.yaml:3: pgproof cannot read this YAML", "U+0001");
  }

  @Test
  void aListThatContainsItselfIsRefused() throws IOException {
    assertThat(refused(file("targets: &a [*a]\n")).getMessage()).contains("target 1 has no fields");
  }

  @Test
  void aliasesAndNestingAreLimited() throws IOException {
    String many =
        "targets: [{name: a, path: /a, assertions: &x [select 1]}"
            + ", {assertions: *x}".repeat(60)
            + "]\n";
    assertThat(refused(file(many)).getMessage())
        .contains("pgproof cannot read this YAML", "aliases");
    assertThat(refused(file("[".repeat(100) + "]".repeat(100))).getMessage())
        .contains("pgproof cannot read this YAML", "Depth");
  }

  @Test
  void aBinaryFileIsRefused() throws IOException {
    Path file = place.resolve("pgproof.yaml");
    Files.write(file, "targets: [ä]".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(refused(file).getMessage()).contains("not encoded in UTF-8");
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThat(refused(file).getMessage()).contains("larger than 1M");
  }

  @Test
  void aLongListOfMistakesIsShortened() throws IOException {
    StringBuilder yaml = new StringBuilder("targets: []\n");
    for (int i = 0; i < 1_000; i++) {
      yaml.append("k").append(i).append(": v\n");
    }
    assertThat(refused(file(yaml.toString())).getMessage().lines())
        .hasSize(202)
        .first()
        .isEqualTo("1000 mistakes:");
    assertThat(refused(file(yaml.toString())).getMessage()).endsWith("and 800 more");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.yaml", "."})
  void anUnreadableFileIsNamed(String name) {
    UsageException refused = refused(place.resolve(name));
    assertThat(refused.finding().reason()).isEqualTo(Reason.NO_SUCH_PATH);
    assertThat(refused.getMessage()).contains(place.resolve(name).toString());
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(place.resolve("pgproof.yaml"), yaml);
  }

  private static UsageException refused(Path file) {
    UsageException refused =
        catchThrowableOfType(UsageException.class, () -> Configuration.read(file));
    assertThat(refused).isNotNull();
    return refused;
  }
}
