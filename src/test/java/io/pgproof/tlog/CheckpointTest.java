package io.pgproof.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final byte[] LEAF = MerkleTree.leaf(new byte[] {1});

  private final KeyPair pair = pair();
  private final NoteKey key = new NoteKey("pgproof.example.org/log", pair.getPublic());
  private final String signed = new Checkpoint(key.name(), 1, LEAF).sign(key, pair.getPrivate());

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The example of c2sp.org/signed-note. */
  @Test
  void aNoteOfAnotherImplementationIsVerified() {
    NoteKey other =
        NoteKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    SignedNote note =
        SignedNote.parse(
            """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
            """);
    assertThatCode(() -> note.requireSigned(other)).doesNotThrowAnyException();
    assertThat(other.verifierKey())
        .isEqualTo("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
  }

  @Test
  void aCheckpointIsReadWithTheKeyOfItsLog() {
    Checkpoint read = Checkpoint.parse(signed, NoteKey.parse(key.verifierKey()));
    assertThat(read.isSame(new Checkpoint(key.name(), 1, LEAF))).isTrue();
  }

  @Test
  void eachChangedByteOfACheckpointIsFound() {
    byte[] bytes = signed.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) (1 << bit);
        String text = new String(changed, StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Checkpoint.parse(text, key))
            .as("bit %d of byte %d: %s", bit, i, text)
            .isInstanceOf(LogDamagedException.class);
      }
    }
  }

  @Test
  void aCheckpointOfAnotherKeyIsRefused() {
    KeyPair other = pair();
    NoteKey sameName = new NoteKey(key.name(), other.getPublic());
    assertThatThrownBy(() -> Checkpoint.parse(signed, sameName))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("not signed by " + sameName.verifierKey());
    String another = new Checkpoint("other", 1, LEAF).sign(key, pair.getPrivate());
    assertThatThrownBy(() -> Checkpoint.parse(another, key))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("not a checkpoint of " + key.name());
  }

  @Test
  void signaturesOfOthersBesideCountForNothing() {
    String witness =
        new NoteKey("witness.example.org", pair().getPublic())
            .sign(signed.substring(0, signed.indexOf("\n\n") + 1), pair.getPrivate());
    assertThat(Checkpoint.parse(signed + witness, key).size()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "a\n",
        "a\n\n",
        "a\n\nb\n",
        "a\n\n— b\n",
        "a\n\n— b !\n",
        "a\n\n— b AA== c\n"
      })
  void whatIsNoNoteIsRefused(String text) {
    assertThatThrownBy(() -> SignedNote.parse(text)).isInstanceOf(LogDamagedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a+b",
        "a+b+c",
        "a+530d903a+!",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
      })
  void whatIsNoVerifierKeyIsRefused(String text) {
    assertThatThrownBy(() -> NoteKey.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aProofIsCheckedWithTheKeyAlone() {
    List<byte[]> leaves = List.of(LEAF, MerkleTree.leaf(new byte[] {2}));
    MerkleTree tree =
        new MerkleTree(
            (level, index) ->
                level == 0
                    ? leaves.get((int) index)
                    : MerkleTree.node(leaves.get(0), leaves.get(1)),
            2);
    String proof =
        new LogProof(
                1,
                tree.inclusion(1),
                new Checkpoint(key.name(), 2, tree.root()).sign(key, pair.getPrivate()))
            .text();
    LogProof read = LogProof.parse(proof);
    assertThat(read.requireIncluded(leaves.get(1), key).size()).isEqualTo(2);
    assertThat(read.text()).isEqualTo(proof);
    assertThat(
            LogProof.parse(proof.replaceFirst("\n", "\nextra AAAA\n"))
                .requireIncluded(leaves.get(1), key)
                .size())
        .isEqualTo(2);
    assertThatThrownBy(() -> read.requireIncluded(leaves.get(0), key))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("not number 1 of the log of 2 entries");
    assertThatThrownBy(
            () -> LogProof.parse(proof.replace("index 1", "index 0")).requireIncluded(LEAF, key))
        .isInstanceOf(LogDamagedException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\n!\n\nx"
      })
  void whatIsNoProofIsRefused(String text) {
    assertThatThrownBy(() -> LogProof.parse(text)).isInstanceOf(LogDamagedException.class);
  }

  /** As somebody does who has openssl and nothing else. */
  @Test
  void opensslVerifiesACheckpoint(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("checkpoint"), signed);
    Files.writeString(
        directory.resolve("log.pem"),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                """
                head -n 3 checkpoint > n
                sed -n 's/^— [^ ]* //p' checkpoint | base64 -d | tail -c +5 > s
                openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in n -sigfile s
                """)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(said).isZero();
    assertThat(said).contains("Signature Verified Successfully");
  }
}
