package io.pgproof.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TimestampTest {
  private static final byte[] DATA = "a checkpoint".getBytes(StandardCharsets.UTF_8);
  private static TimestampServer server;

  @BeforeAll
  static void start() {
    server = new TimestampServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aGoodAnswerIsAccepted() throws Exception {
    TimestampRequest request = new TimestampRequest(DATA);
    byte[] answer = server.stamp(request.encoded());
    Timestamp timestamp = request.accept(answer, Authorities.of(server.authorities()));
    assertThat(timestamp.authority()).isEqualTo("CN=Test TSA");
    assertThat(Duration.between(timestamp.time(), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(1));
    assertThat(request.accept(answer, Authorities.ANY)).isEqualTo(timestamp);
    assertThat(Timestamp.read(answer, DATA, Authorities.of(server.authorities())))
        .isEqualTo(timestamp);
  }

  private static void assertRefused(byte[] answer, Authorities authorities, String why) {
    assertThatThrownBy(() -> Timestamp.read(answer, DATA, authorities))
        .isInstanceOf(TimestampException.class)
        .hasMessageContaining(why);
  }

  @Test
  void anAnswerToAnotherRequestIsRefused() throws Exception {
    TimestampRequest request = new TimestampRequest(DATA);
    byte[] other = server.stamp(new TimestampRequest(DATA).encoded());
    assertThatThrownBy(() -> request.accept(other, Authorities.ANY))
        .hasMessageContaining("not an answer to the request")
        .hasMessageContaining("nonce");
    byte[] ofOtherBytes = server.stamp(new TimestampRequest(new byte[] {1}).encoded());
    assertRefused(ofOtherBytes, Authorities.ANY, "a time stamp of other bytes");
  }

  @Test
  void aChangedAnswerIsRefused() {
    byte[] answer = server.stamp(new TimestampRequest(DATA).encoded());
    byte[] changed = answer.clone();
    changed[changed.length - 1] ^= 1;
    assertRefused(changed, Authorities.ANY, "signature");
    assertRefused(Arrays.copyOf(answer, answer.length / 2), Authorities.ANY, "begins with 30");
    assertRefused("<html>".getBytes(StandardCharsets.UTF_8), Authorities.ANY, "begins with 3c68");
    assertRefused(new byte[0], Authorities.ANY, "not the answer");
  }

  @Test
  void anAnswerWithAnyByteChangedIsRefusedOrGood() throws Exception {
    Authorities authorities = Authorities.of(server.authorities());
    TimestampRequest request = new TimestampRequest(DATA);
    byte[] answer = server.stamp(request.encoded());
    int refused = 0;
    for (int at = 0; at < answer.length; at++) {
      byte[] changed = answer.clone();
      changed[at] ^= 0x41;
      try {
        request.accept(changed, authorities);
      } catch (TimestampException e) {
        assertThat(e).as("byte " + at).hasMessageMatching("(?s)\\S.+");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(answer.length / 2);
  }

  @Test
  void anotherAuthorityIsRefused() throws Exception {
    byte[] answer = server.stamp(new TimestampRequest(DATA).encoded());
    try (TimestampServer other = new TimestampServer()) {
      assertRefused(answer, Authorities.of(other.authorities()), "does not lead to a trusted one");
    }
  }

  @Test
  void aCertificateThatExpiredOrIsForSomethingElseIsRefused() throws Exception {
    Instant now = Instant.now();
    try (TimestampServer expired =
            new TimestampServer(
                now.minus(Duration.ofDays(2)),
                now.minus(Duration.ofDays(1)),
                KeyPurposeId.id_kp_timeStamping);
        TimestampServer web =
            new TimestampServer(
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(1)),
                KeyPurposeId.id_kp_serverAuth)) {
      byte[] late = expired.stamp(new TimestampRequest(DATA).encoded());
      assertRefused(late, Authorities.of(expired.authorities()), "not good");
      expired.time = now.minus(Duration.ofHours(36));
      byte[] inTime = expired.stamp(new TimestampRequest(DATA).encoded());
      assertThat(Timestamp.read(inTime, DATA, Authorities.of(expired.authorities())).time())
          .as("what was good when it was made stays good")
          .isBefore(now.minus(Duration.ofHours(35)));
      assertThatThrownBy(() -> web.stamp(new TimestampRequest(DATA).encoded()))
          .as("Bouncy Castle makes none")
          .hasMessageContaining("solely time stamping");
    }
  }

  @Test
  void certificatesMustHaveOneThatIsSelfSigned() throws Exception {
    assertThat(Authorities.of(server.authorities()).pem()).isEqualTo(server.authorities());
    assertThatThrownBy(() -> Authorities.of("nothing")).isInstanceOf(TimestampException.class);
    assertThatThrownBy(() -> Authorities.of("")).hasMessageContaining("no self-signed");
  }
}
