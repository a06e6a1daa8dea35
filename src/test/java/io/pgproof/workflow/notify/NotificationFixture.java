package io.pgproof.workflow.notify;

import io.pgproof.notify.HookServer;
import io.pgproof.notify.MailBox;
import io.pgproof.target.Recipient;
import io.pgproof.target.Secret;
import io.pgproof.target.WebHookAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real engine, a real mail server and a real web server, and a recipient of each. */
abstract class NotificationFixture {
  static NotificationsOnEngine model;

  @TempDir Path place;

  MailBox box;
  HookServer server;
  Recipient ada;
  Recipient hook;

  @BeforeAll
  static void buildEngine() {
    model = new NotificationsOnEngine();
  }

  @AfterAll
  static void closeEngine() {
    model.close();
  }

  /**
   * @param key that what goes to the web hook is signed with
   */
  final void open(MailBox opened, String key) throws IOException {
    box = opened;
    server = new HookServer();
    ada = new Recipient("ada", Optional.of("ada@example.org"), Optional.empty(), Optional.empty());
    hook =
        new Recipient(
            "hook",
            Optional.empty(),
            Optional.of(new WebHookAddress.Written(server.address())),
            Optional.of(secret("secret", key)));
  }

  final Secret secret(String name, String text) throws IOException {
    return new Secret(
        Optional.of(Files.writeString(place.resolve(name), text + "\n")), Optional.empty());
  }

  @AfterEach
  void stop() {
    model.forget();
    box.close();
    server.close();
  }
}
