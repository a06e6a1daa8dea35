package io.pgproof.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailedCheckpointTest {
  private static NoteKey key;
  private static String signed;

  @BeforeAll
  static void sign() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    key = new NoteKey("pgproof/4b0d3a3e-8a52-4b4e-9a57-5e1d0b1f9c11", pair.getPublic());
    signed =
        new Checkpoint(key.name(), 4711, MerkleTree.leaf(new byte[] {1}))
            .sign(key, pair.getPrivate());
  }

  /** As the daily mail shows it. */
  private static String mailed() {
    String margin = "  log checkpoint  ";
    return "3 of 4 targets are proven\n\n  until           2026-12-01 06:00:00 UTC\n"
        + margin
        + signed.strip().replace("\n", "\n" + " ".repeat(margin.length()))
        + "\n\nTargets\n\n  target   shop\n";
  }

  private static void assertFound(String text) {
    assertThat(MailedCheckpoint.find(text)).isEqualTo(signed);
    assertThat(Checkpoint.parse(MailedCheckpoint.find(text), key).size()).isEqualTo(4711);
  }

  @Test
  void aCheckpointOfTheLogIsTakenAsItIs() {
    assertFound(signed);
    String other = signed + "— witness AAAA\n";
    assertThat(MailedCheckpoint.find(other)).isEqualTo(other);
  }

  @Test
  void itIsFoundInTheMail() {
    assertFound(mailed());
    assertFound(mailed().replace("\n", "\r\n"));
    assertFound(signed.strip());
    assertFound("\ufeff" + mailed().replace(' ', '\u00a0'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"> ", ">", "> > ", ">> ", "| ", "\t"})
  void itIsFoundInAnAnswer(String quote) {
    assertFound("On Tuesday, pgproof wrote:\n" + quote + mailed().replace("\n", "\n" + quote));
  }

  @Test
  void itIsFoundWhenAProgramWrappedItsLines() {
    for (int width = 60; width < 130; width++) {
      StringBuilder wrapped = new StringBuilder();
      for (String line : signed.split("\n", -1)) {
        wrapped.append(line.replaceAll("(.{" + width + "})", "$1\n")).append("\n");
      }
      // A name that is cut cannot be told from other text.
      if (width > key.name().length() + 2) {
        assertFound(wrapped.toString());
      }
    }
  }

  @Test
  void itIsFoundInASavedMail() throws Exception {
    assertFound(
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            + encoded(mailed(), "quoted-printable"));
  }

  private static String encoded(String text, String encoding) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream encoder = MimeUtility.encode(bytes, encoding)) {
      encoder.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void whatHasNoneIsRefused() throws Exception {
    for (String text :
        new String[] {
          "",
          "a mail\n\nabout something\n",
          signed.replace("4711\n", ""),
          signed.substring(0, signed.indexOf("—")),
          signed.substring(0, signed.length() - 20),
          encoded(mailed(), "base64")
        }) {
      assertThatThrownBy(() -> MailedCheckpoint.find(text))
          .as(text)
          .isInstanceOf(LogDamagedException.class)
          .hasMessageContaining("no checkpoint");
    }
  }

  @Test
  void oneOfTwoMustBeChosen() throws IOException {
    assertFound(mailed() + mailed());
    assertThatThrownBy(() -> MailedCheckpoint.find(mailed() + mailed().replace("4711", "4712")))
        .hasMessageContaining("2 different checkpoints");
  }

  @Test
  void aChangedOneIsFoundAndNotBelieved() {
    String found = MailedCheckpoint.find(mailed().replace("4711", "4712"));
    assertThatThrownBy(() -> Checkpoint.parse(found, key)).hasMessageContaining("does not fit");
  }
}
