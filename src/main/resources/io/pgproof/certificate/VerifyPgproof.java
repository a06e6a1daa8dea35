import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks a certificate of pgproof, offline and without libraries:
 *
 * <pre>java VerifyPgproof.java DIR [KEYS]</pre>
 *
 * <p>DIR is the directory of the certificate. KEYS is a directory with the public keys that you
 * trust (files that end with .pem) and did not get with the certificate; without it, compare the
 * printed fingerprints with those that you know. Exit status: 0 if everything fits, 1
 * if something does not, 2 for wrong usage. It needs Java 17 or later.
 *
 * <p>Somebody who can replace the certificate can replace this file too: use a copy that you trust.
 */
public final class VerifyPgproof {
  private static final String NAMESPACE = "pgproof-certificate";
  private static final String SUMS = "SHA256SUMS";
  private static final String STATEMENT = "certificate.json";
  private static final String EVIDENCE = "evidence.ndjson";
  private static final String KEY = "pgproof.pem";
  private static final String LOG_KEY = "log.pem";
  private static final String CHECKPOINT = "checkpoint";
  private static final String KEY_TYPE = "ecdsa-sha2-nistp256";

  private static final Set<String> REQUIRED =
      Set.of(
          SUMS, "SHA256SUMS.sig", STATEMENT, "certificate.json.sig", "certificate.der", EVIDENCE,
          CHECKPOINT, KEY, LOG_KEY, "allowed_signers");

  /** Kinds of entries that say what people did. */
  private static final Set<String> OF_PEOPLE =
      Set.of(
          "TaskOpened", "TaskJoined", "Decided", "DecisionRefused", "DecisionTakenAway", "NobodyDecided",
          "WaiverGranted", "Waived", "Withdrawn", "BegunAgain");

  private static final List<String> DOES_NOT_SHOW =
      List.of(
          "That other backups of the retention are good: each run is about one backup.",
          "That the place where the backups lie survives, or cannot be changed.",
          "That production hardware restores as fast as the machine that restored here.",
          "That applications start with the restored database, and that the keys they need are at hand.",
          "That the data were right when they were backed up.",
          "That rows are readable which the depth of a run did not read.",
          "That any law or standard is complied with.");

  private final Map<String, byte[]> files = new TreeMap<>();
  private final Set<String> failures = new LinkedHashSet<>();
  private final PrintStream out;

  private VerifyPgproof(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 1 || arguments.length > 2 || !Files.isDirectory(Path.of(arguments[0]))) {
      System.err.println(
          "usage: java VerifyPgproof.java DIR [KEYS]\n"
              + "DIR is the directory of a certificate, KEYS a directory with public keys that you trust.");
      System.exit(2);
    }
    Path trusted = arguments.length == 2 ? Path.of(arguments[1]) : null;
    if (trusted != null && !Files.isDirectory(trusted)) {
      System.err.println("not a directory with public keys: " + trusted);
      System.exit(2);
    }
    System.exit(verify(Path.of(arguments[0]), trusted, System.out));
  }

  /** Checks a directory; returns 0 if everything fits and 1 if something does not. */
  public static int verify(Path directory, Path trusted, PrintStream out) throws IOException {
    VerifyPgproof pack = new VerifyPgproof(out);
    pack.read(directory);
    try {
      pack.check(trusted);
    } catch (Broken e) {
      pack.failures.add(e.getMessage());
    }
    for (String failure : pack.failures) {
      pack.print("BROKEN  " + failure);
    }
    pack.print(
        pack.failures.isEmpty()
            ? "OK      everything in " + directory + " fits"
            : "NOT OK  do not rely on " + directory);
    return pack.failures.isEmpty() ? 0 : 1;
  }

  /** Prints a line, in which text of the certificate cannot steer the terminal. */
  private void print(String line) {
    StringBuilder shown = new StringBuilder();
    line.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean steers =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR
                      || type == Character.SURROGATE;
              shown.append(steers ? String.format("\\u%04x", c) : Character.toString(c));
            });
    out.println(shown);
  }

  /** Something does not fit; the message begins with the name of the file. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String file, String what) {
      super(file + ": " + what);
    }
  }

  private interface Check {
    void run() throws GeneralSecurityException, IOException;
  }

  /** Runs one check; what follows is checked even if it fails. */
  private void attempt(String file, Check check) {
    try {
      check.run();
    } catch (Broken e) {
      failures.add(e.getMessage());
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      failures.add(file + ": cannot be read: " + e.getMessage());
    }
  }

  private void read(Path directory) throws IOException {
    Path top = directory.toRealPath();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : all.sorted().toList()) {
        String name = top.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          files.put(name, Files.readAllBytes(file));
        } else if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          failures.add(name + ": is not a file");
        }
      }
    }
  }

  private byte[] bytes(String name) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new Broken(name, "is missing");
    }
    return bytes;
  }

  private String text(String name) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(name))).toString();
    } catch (CharacterCodingException e) {
      throw new Broken(name, "is not text in UTF-8");
    }
  }

  private void check(Path trusted) throws IOException {
    REQUIRED.stream()
        .filter(name -> !files.containsKey(name))
        .sorted()
        .forEach(name -> failures.add(name + ": is missing"));
    attempt(SUMS, this::checkSums);
    Key[] key = new Key[1];
    attempt(KEY, () -> key[0] = readKey());
    if (key[0] != null) {
      attempt("SHA256SUMS.sig", () -> checkSshSignature("SHA256SUMS.sig", SUMS, key[0]));
      attempt(
          "certificate.json.sig",
          () -> checkSshSignature("certificate.json.sig", STATEMENT, key[0]));
      attempt("certificate.der", () -> checkDer(key[0]));
      attempt("allowed_signers", () -> checkAllowedSigners(key[0]));
    }
    LogKey[] logKey = new LogKey[1];
    attempt(LOG_KEY, () -> logKey[0] = readLogKey());
    Tree[] tree = new Tree[1];
    if (logKey[0] != null) {
      attempt(CHECKPOINT, () -> tree[0] = checkCheckpoint(text(CHECKPOINT), CHECKPOINT, logKey[0]));
    }
    Object[] statement = new Object[1];
    attempt(
        STATEMENT,
        () -> {
          if (!(Json.read(text(STATEMENT), STATEMENT) instanceof Map<?, ?> object)) {
            throw new Broken(STATEMENT, "is not an object of JSON");
          }
          statement[0] = object;
        });
    if (statement[0] != null && tree[0] != null) {
      List<Line> lines = new ArrayList<>();
      attempt(EVIDENCE, () -> checkEvidence(statement[0], tree[0], logKey[0], lines));
      if (key[0] != null) {
        attempt(STATEMENT, () -> checkStatement(statement[0], key[0], lines));
      }
    }
    if (trusted != null) {
      checkTrusted(trusted, key[0], logKey[0]);
    }
    if (statement[0] != null && failures.isEmpty()) {
      describe(statement[0], key[0], logKey[0], tree[0], trusted != null);
    }
  }

  private void describe(Object statement, Key key, LogKey logKey, Tree tree, boolean trusted) {
    print("run     " + at(statement, "predicate", "pgproof", "run"));
    print(
        "verdict "
            + at(statement, "predicate", "pgproof", "verdict")
            + ", issued "
            + at(statement, "predicate", "pgproof", "issued", "at")
            + " by "
            + key.identity());
    print("log     " + tree.origin() + ", " + tree.size() + " entries");
    print("key     SHA-256 " + sha256(key.key().getEncoded()) + " (" + KEY + ")");
    print("log key SHA-256 " + sha256(logKey.key().getEncoded()) + " (" + LOG_KEY + ")");
    if (!trusted) {
      print("        Compare these two with fingerprints that you did not get with the certificate.");
    }
  }

  private void checkSums() {
    Map<String, String> sums = new TreeMap<>();
    for (String line : text(SUMS).split("\n")) {
      Matcher parts = Pattern.compile("([0-9a-f]{64}) [ *](\\S+)").matcher(line);
      if (!parts.matches() || sums.put(parts.group(2), parts.group(1)) != null) {
        throw new Broken(SUMS, "has a line that does not belong there: " + line);
      }
    }
    for (Map.Entry<String, String> sum : sums.entrySet()) {
      byte[] bytes = files.get(sum.getKey());
      if (bytes == null) {
        failures.add(sum.getKey() + ": is missing");
      } else if (!sha256(bytes).equals(sum.getValue())) {
        failures.add(sum.getKey() + ": was changed, it does not fit its SHA-256 in " + SUMS);
      }
    }
    Set<String> unbound = new TreeSet<>(files.keySet());
    unbound.removeAll(sums.keySet());
    unbound.removeAll(Set.of(SUMS, "SHA256SUMS.sig"));
    unbound.forEach(name -> failures.add(name + ": is not part of the certificate, " + SUMS + " does not name it"));
  }

  private record Key(String identity, String id, ECPublicKey key, Instant from, Instant until) {}

  private Key readKey() throws GeneralSecurityException {
    Matcher parts =
        Pattern.compile(
                "Key with which (\\S+) signs certificates\nId: ([0-9a-f]{16})\nValid from: (\\S+)\n"
                    + "Valid until: (\\S+)\n(.+)",
                Pattern.DOTALL)
            .matcher(text(KEY));
    if (!parts.matches()) {
      throw new Broken(KEY, "is not a key of certificates with its validity");
    }
    PublicKey key =
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(pem(KEY, parts.group(5))));
    if (!sha256(key.getEncoded()).startsWith(parts.group(2))) {
      throw new Broken(KEY, "its id does not fit the key");
    }
    return new Key(
        parts.group(1),
        parts.group(2),
        (ECPublicKey) key,
        Instant.parse(parts.group(3)),
        Instant.parse(parts.group(4)));
  }

  private static byte[] pem(String file, String text) {
    Matcher parts =
        Pattern.compile(
                "-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n")
            .matcher(text);
    if (!parts.matches()) {
      throw new Broken(file, "is not a public key in PEM");
    }
    return base64(file, parts.group(1).replace("\n", ""));
  }

  private static byte[] base64(String file, String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new Broken(file, "has text that is not Base64");
  }

  private void checkDer(Key key) throws GeneralSecurityException {
    if (!signs(key.key(), bytes(STATEMENT), bytes("certificate.der"))) {
      throw new Broken("certificate.der", "does not sign " + STATEMENT + " with " + KEY);
    }
  }

  private static boolean signs(ECPublicKey key, byte[] signed, byte[] der)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initVerify(key);
    signature.update(signed);
    try {
      return isInRange(key, der) && signature.verify(der);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * Returns whether a signature has two numbers from 1 to the order of the curve less 1. Java before
   * 17.0.3 accepts a signature of two zeros from anybody (CVE-2022-21449).
   */
  private static boolean isInRange(ECPublicKey key, byte[] der) {
    if (der.length < 2 || der[0] != 0x30 || der[1] != der.length - 2) {
      return false;
    }
    int at = 2;
    for (int i = 0; i < 2; i++) {
      if (at + 2 > der.length || der[at] != 2 || der[at + 1] < 1 || at + 2 + der[at + 1] > der.length) {
        return false;
      }
      BigInteger number = new BigInteger(Arrays.copyOfRange(der, at + 2, at + 2 + der[at + 1]));
      if (number.signum() < 1 || number.compareTo(key.getParams().getOrder()) >= 0) {
        return false;
      }
      at += 2 + der[at + 1];
    }
    return at == der.length;
  }

  /** Checks a signature in the format PROTOCOL.sshsig of OpenSSH. */
  private void checkSshSignature(String name, String signed, Key key)
      throws GeneralSecurityException {
    Matcher armor =
        Pattern.compile(
                "-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\n")
            .matcher(text(name));
    if (!armor.matches()) {
      throw new Broken(name, "is not a signature of OpenSSH");
    }
    Wire blob = new Wire(name, base64(name, armor.group(1).replace("\n", "")));
    blob.require("SSHSIG".getBytes(StandardCharsets.US_ASCII));
    blob.require(number(1));
    if (!Arrays.equals(blob.string(), publicKey(key.key()))) {
      throw new Broken(name, "was made with another key than " + KEY);
    }
    blob.require(string(NAMESPACE));
    blob.require(string(""));
    blob.require(string("sha512"));
    Wire signature = new Wire(name, blob.string());
    blob.requireEnd();
    signature.require(string(KEY_TYPE));
    Wire numbers = new Wire(name, signature.string());
    signature.requireEnd();
    byte[] r = new BigInteger(numbers.string()).toByteArray();
    byte[] s = new BigInteger(numbers.string()).toByteArray();
    numbers.requireEnd();
    byte[] message =
        concat(
            "SSHSIG".getBytes(StandardCharsets.US_ASCII),
            string(NAMESPACE),
            string(""),
            string("sha512"),
            string(MessageDigest.getInstance("SHA-512").digest(bytes(signed))));
    if (r.length > 33
        || s.length > 33
        || !signs(
            key.key(),
            message,
            concat(
                new byte[] {0x30, (byte) (r.length + s.length + 4), 2, (byte) r.length},
                r,
                new byte[] {2, (byte) s.length},
                s))) {
      throw new Broken(name, "does not sign " + signed + " with " + KEY + ", one of them was changed");
    }
  }

  private static byte[] publicKey(ECPublicKey key) {
    byte[] encoded = key.getEncoded();
    return concat(
        string(KEY_TYPE),
        string("nistp256"),
        string(Arrays.copyOfRange(encoded, encoded.length - 65, encoded.length)));
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] string(String text) {
    return string(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] string(byte[] bytes) {
    return concat(number(bytes.length), bytes);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Bytes in the encoding of RFC 4251. */
  private static final class Wire {
    private final String file;
    private final ByteBuffer bytes;

    Wire(String file, byte[] bytes) {
      this.file = file;
      this.bytes = ByteBuffer.wrap(bytes);
    }

    private byte[] take(int length) {
      if (length < 0 || length > bytes.remaining()) {
        throw new Broken(file, "is cut off");
      }
      byte[] taken = new byte[length];
      bytes.get(taken);
      return taken;
    }

    byte[] string() {
      return take(ByteBuffer.wrap(take(4)).getInt());
    }

    void require(byte[] expected) {
      if (!Arrays.equals(take(expected.length), expected)) {
        throw new Broken(file, "is not a signature of a certificate of pgproof");
      }
    }

    void requireEnd() {
      if (bytes.hasRemaining()) {
        throw new Broken(file, "has more than a signature");
      }
    }
  }

  private void checkAllowedSigners(Key key) {
    String expected =
        key.identity()
            + " namespaces=\""
            + NAMESPACE
            + "\",valid-after=\""
            + day(key.from().minus(Duration.ofDays(1)))
            + "\",valid-before=\""
            + day(key.until().plus(Duration.ofDays(2)))
            + "\" "
            + KEY_TYPE
            + " "
            + Base64.getEncoder().encodeToString(publicKey(key.key()))
            + "\n";
    if (!text("allowed_signers").equals(expected)) {
      throw new Broken("allowed_signers", "does not name the key in " + KEY);
    }
  }

  private static String day(Instant at) {
    return DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(at);
  }

  private record LogKey(String name, PublicKey key, byte[] id) {}

  private LogKey readLogKey() throws GeneralSecurityException {
    Matcher parts =
        Pattern.compile(
                "Key of the evidence log (\\S+)\nId: ([0-9a-f]{8})\nValid from: \\S+\nValid until: \\S+\n"
                    + "Verifier key: (\\S+)\n(.+)",
                Pattern.DOTALL)
            .matcher(text(LOG_KEY));
    if (!parts.matches()) {
      throw new Broken(LOG_KEY, "is not a key of an evidence log");
    }
    PublicKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new X509EncodedKeySpec(pem(LOG_KEY, parts.group(4))));
    byte[] encoded = key.getEncoded();
    byte[] typed = Arrays.copyOfRange(encoded, encoded.length - 33, encoded.length);
    typed[0] = 1;
    byte[] id =
        Arrays.copyOf(
            digest(concat((parts.group(1) + "\n").getBytes(StandardCharsets.UTF_8), typed)), 4);
    String verifier =
        parts.group(1)
            + "+"
            + HexFormat.of().formatHex(id)
            + "+"
            + Base64.getEncoder().encodeToString(typed);
    if (!parts.group(2).equals(HexFormat.of().formatHex(id)) || !parts.group(3).equals(verifier)) {
      throw new Broken(LOG_KEY, "its lines do not fit each other");
    }
    return new LogKey(parts.group(1), key, id);
  }

  private record Tree(String origin, long size, byte[] root) {}

  /** A line of the evidence, as text and as what it says. */
  private record Line(String text, Map<?, ?> entry) {
    String kind() {
      return String.valueOf(entry.get("kind"));
    }

    Object body(String... path) {
      return at(entry.get("body"), path);
    }

    Instant time() {
      return Instant.parse(String.valueOf(entry.get("at")));
    }
  }

  /** Checks a checkpoint: a signed note of C2SP. */
  private static Tree checkCheckpoint(String note, String file, LogKey key)
      throws GeneralSecurityException {
    int end = note.lastIndexOf("\n\n");
    String[] lines = end < 0 ? new String[0] : note.substring(0, end).split("\n");
    if (lines.length < 3 || !lines[0].equals(key.name()) || !lines[1].matches("[1-9][0-9]{0,17}")) {
      throw new Broken(file, "is not a checkpoint of the log " + key.name());
    }
    boolean signed = false;
    for (String line : note.substring(end + 2).split("\n")) {
      Matcher parts = Pattern.compile("— (\\S+) (\\S+)").matcher(line);
      if (!parts.matches()) {
        throw new Broken(file, "has a line that is no signature: " + line);
      }
      byte[] signature = base64(file, parts.group(2));
      if (parts.group(1).equals(key.name())
          && signature.length == 68
          && Arrays.equals(signature, 0, 4, key.id(), 0, 4)) {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key.key());
        verifier.update(note.substring(0, end + 1).getBytes(StandardCharsets.UTF_8));
        if (!verifier.verify(signature, 4, 64)) {
          throw new Broken(file, "was changed, " + LOG_KEY + " has not signed it");
        }
        signed = true;
      }
    }
    if (!signed) {
      throw new Broken(file, "is not signed with " + LOG_KEY);
    }
    byte[] root = base64(file, lines[2]);
    return new Tree(lines[0], Long.parseLong(lines[1]), root);
  }

  /** Checks that each line of the evidence is in the log at the place that the certificate names. */
  private void checkEvidence(Object statement, Tree tree, LogKey logKey, List<Line> lines) {
    Object log = at(statement, "predicate", "pgproof", "log");
    if (!tree.origin().equals(at(log, "origin"))
        || !String.valueOf(tree.size()).equals(String.valueOf(at(log, "size")))
        || !Base64.getEncoder().encodeToString(tree.root()).equals(at(log, "root"))) {
      failures.add(CHECKPOINT + ": is not the one that " + STATEMENT + " names");
    }
    if (!sha256(bytes(EVIDENCE)).equals(at(log, "evidence"))) {
      failures.add(EVIDENCE + ": was changed, it does not fit its SHA-256 in " + STATEMENT);
    }
    List<?> entries = list(log, "entries");
    if (!(log instanceof Map<?, ?> members)
        || !members.keySet().equals(Set.of("origin", "size", "root", "evidence", "entries"))
        || !entries.stream()
            .allMatch(
                entry ->
                    entry instanceof Map<?, ?> named && named.keySet().equals(Set.of("index", "kind")))) {
      throw new Broken(STATEMENT, "describes the log with other members than index and kind");
    }
    String text = text(EVIDENCE);
    String[] all = text.split("\n", -1);
    if (!text.endsWith("\n") || all.length - 1 != entries.size()) {
      throw new Broken(
          EVIDENCE, "has not the " + entries.size() + " lines that " + STATEMENT + " names");
    }
    Set<String> proofs = new TreeSet<>();
    long before = -1;
    for (int i = 0; i < entries.size(); i++) {
      String line = all[i];
      String index = String.valueOf(at(entries.get(i), "index"));
      String kind = String.valueOf(at(entries.get(i), "kind"));
      String proof = "proofs/" + index + ".tlog-proof";
      int number = i + 1;
      if (!index.matches("0|[1-9][0-9]{0,17}") || Long.parseLong(index) <= before) {
        throw new Broken(STATEMENT, "does not name its entries in the order of the log: " + index);
      }
      before = Long.parseLong(index);
      proofs.add(proof);
      attempt(proof, () -> checkProof(proof, index, line, number, tree, logKey));
      attempt(
          EVIDENCE,
          () -> {
            Object entry = Json.read(line, EVIDENCE);
            if (!kind.equals(at(entry, "kind"))) {
              throw new Broken(EVIDENCE, "line " + number + " is not of the kind " + kind);
            }
            lines.add(new Line(line, (Map<?, ?>) entry));
          });
    }
    files.keySet().stream()
        .filter(name -> name.startsWith("proofs/") && !proofs.contains(name))
        .forEach(name -> failures.add(name + ": proves no line of " + EVIDENCE));
  }

  /** Checks a proof by c2sp.org/tlog-proof, and by RFC 9162 that the line is in the tree. */
  private void checkProof(
      String file, String index, String line, int number, Tree tree, LogKey logKey)
      throws GeneralSecurityException {
    String text = text(file);
    int end = text.indexOf("\n\n");
    String[] lines = end < 0 ? new String[0] : text.substring(0, end).split("\n");
    if (lines.length < 2
        || !lines[0].equals("c2sp.org/tlog-proof@v1")
        || !lines[1].equals("index " + index)) {
      throw new Broken(file, "is not the proof of entry " + index);
    }
    if (!text.substring(end + 2).equals(text(CHECKPOINT))) {
      checkCheckpoint(text.substring(end + 2), file, logKey);
      throw new Broken(file, "is about another checkpoint than the file " + CHECKPOINT);
    }
    long place = Long.parseLong(index);
    long last = tree.size() - 1;
    byte[] hash = digest(concat(new byte[] {0}, line.getBytes(StandardCharsets.UTF_8)));
    boolean fits = place <= last;
    for (int i = 2; i < lines.length; i++) {
      byte[] sibling = base64(file, lines[i]);
      if (sibling.length != 32 || last == 0) {
        throw new Broken(file, "has a hash too many, or one of another length");
      }
      if (place % 2 == 1 || place == last) {
        hash = digest(concat(new byte[] {1}, sibling, hash));
        while (place % 2 == 0 && place != 0) {
          place /= 2;
          last /= 2;
        }
      } else {
        hash = digest(concat(new byte[] {1}, hash, sibling));
      }
      place /= 2;
      last /= 2;
    }
    if (!fits || last != 0 || !Arrays.equals(hash, tree.root())) {
      throw new Broken(
          EVIDENCE,
          "line " + number + " is not entry " + index + " of the log, or " + file + " was changed");
    }
  }

  /** Checks that the certificate says what the evidence says, and nothing else. */
  private void checkStatement(Object statement, Key key, List<Line> lines) {
    Object said = at(statement, "predicate", "pgproof");
    String run = String.valueOf(at(said, "run"));
    List<Line> ofRun = new ArrayList<>();
    List<Line> controls = new ArrayList<>();
    List<Line> reviews = new ArrayList<>();
    boolean keyRecorded = false;
    Instant lastEntry = Instant.MIN;
    for (Line line : lines) {
      if (run.equals(line.entry().get("run"))) {
        ofRun.add(line);
      } else if (line.entry().get("run") == null && line.kind().equals("CertificateKeyCreated")) {
        keyRecorded |=
            sha256(key.key().getEncoded()).equals(line.body("sha256"))
                && key.identity().equals(line.body("identity"))
                && key.from().equals(Instant.parse(String.valueOf(line.body("validFrom"))))
                && key.until().equals(Instant.parse(String.valueOf(line.body("validUntil"))));
      } else if (line.kind().equals("ControlEnded") && line.entry().get("run") != null) {
        controls.add(line);
      } else if (line.kind().equals("ReviewDecided") && line.entry().get("run") == null) {
        reviews.add(line);
      } else {
        throw new Broken(EVIDENCE, "has an entry of another run: " + line.entry().get("run"));
      }
      lastEntry = line.time().isAfter(lastEntry) ? line.time() : lastEntry;
    }
    if (!keyRecorded) {
      failures.add(KEY + ": is not the key whose creation is recorded in " + EVIDENCE);
    }
    if (ofRun.isEmpty() || !ofRun.get(0).kind().equals("Asked")) {
      throw new Broken(EVIDENCE, "does not begin with the request of run " + run);
    }
    if (ofRun.get(0).body("control") != null) {
      throw new Broken(EVIDENCE, "is of a negative control, which says nothing about a backup");
    }
    Line verdict = last(ofRun, "VerdictReached");
    if (verdict == null) {
      throw new Broken(EVIDENCE, "has no verdict of run " + run);
    }
    Object target = at(verdict.body("report"), "target");
    Map<String, Object> around = new LinkedHashMap<>();
    around.put("controls", controls(controls, target));
    around.put("review", review(reviews, target, verdict.time()));
    compare("", statement, expected(ofRun, verdict.body("report"), key, around));
    Instant issued = Instant.parse(String.valueOf(at(said, "issued", "at")));
    if (issued.isBefore(key.from()) || !issued.isBefore(key.until())) {
      throw new Broken(STATEMENT, "was issued at " + issued + ", when " + KEY + " was not valid");
    }
    if (issued.isBefore(lastEntry.minusSeconds(1))) {
      throw new Broken(STATEMENT, "was issued at " + issued + ", before its evidence");
    }
  }

  private static Line last(List<Line> lines, String kind) {
    Line last = null;
    for (Line line : lines) {
      last = line.kind().equals(kind) ? line : last;
    }
    return last;
  }

  /** Stands for what is not compared here. */
  private static final Object ANYTHING = new Object();

  /** Names each member that is not the expected one. A member that is null may also be missing. */
  private void compare(String path, Object said, Object expected) {
    if (expected == ANYTHING) {
      return;
    }
    if (expected instanceof Map<?, ?> members && said instanceof Map<?, ?> object) {
      Set<Object> names = new LinkedHashSet<>(members.keySet());
      names.addAll(object.keySet());
      for (Object name : names) {
        compare(path + "/" + name, object.get(name), members.get(name));
      }
    } else if (expected instanceof List<?> list
        && said instanceof List<?> other
        && list.size() == other.size()) {
      for (int i = 0; i < list.size(); i++) {
        compare(path + "/" + i, other.get(i), list.get(i));
      }
    } else if (expected instanceof Map || expected instanceof List || !Objects.equals(said, expected)) {
      failures.add(STATEMENT + ": says something else at " + path + " than " + EVIDENCE);
    }
  }

  /** Returns what a certificate of these lines says. */
  private Map<String, Object> expected(
      List<Line> run, Object report, Key key, Map<String, Object> around) {
    Object request = run.get(0).body("request");
    String verdict = String.valueOf(at(report, "verdict"));
    String result = Map.of("proven", "PASSED", "stale", "WARNED", "refuted", "FAILED").get(verdict);
    if (result == null) {
      throw new Broken(EVIDENCE, "has no verdict that is certified: " + verdict);
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("schema", BigDecimal.ONE);
    for (String same :
        List.of(
            "run", "target", "verdict", "reason", "message", "backup", "image", "recovery", "checks",
            "notChecked")) {
      facts.put(same, at(report, same));
    }
    facts.put("notes", at(report, "notes") == null ? List.of() : at(report, "notes"));
    facts.put(
        "issued", object("at", ANYTHING, "by", key.identity(), "key", key.id(), "program", ANYTHING));
    facts.put(
        "asked",
        object(
            "at", run.get(0).time().toString(), "by", at(request, "askedBy"), "path", at(request, "path")));
    facts.put(
        "period",
        object("startedAt", at(report, "startedAt"), "finishedAt", at(report, "finishedAt")));
    Object freshness = at(report, "freshness");
    facts.put(
        "rpo",
        freshness == null
            ? null
            : object(
                "newest", at(freshness, "newest"),
                "ageSeconds", at(freshness, "ageSeconds"),
                "allowedSeconds", at(freshness, "maxAgeSeconds"),
                "met", at(report, "objectives", "rpo", "met"),
                "source", at(freshness, "source")));
    facts.put(
        "rto",
        object(
            "restoreMillis", at(report, "restoreTimeMillis"),
            "objectiveSeconds", at(report, "objectives", "rto", "objectiveSeconds"),
            "met", at(report, "objectives", "rto", "met"),
            "totalMillis", at(report, "totalMillis"),
            "phases", at(report, "phases")));
    facts.put("depth", String.valueOf(at(request, "depth")).toLowerCase(Locale.ROOT));
    List<Object> findings = new ArrayList<>();
    List<Object> people = new ArrayList<>();
    for (Line line : run) {
      if (line.kind().equals("Found")) {
        findings.add(object("reason", line.body("reason"), "message", line.body("message")));
      }
      if (OF_PEOPLE.contains(line.kind())) {
        people.add(
            object(
                "at", line.time().toString(),
                "by", line.entry().get("actor"),
                "kind", line.kind(),
                "what", words(line)));
      }
    }
    facts.put("findings", findings);
    facts.put("isolation", isolation(run));
    facts.put("people", people);
    facts.putAll(around);
    facts.put("log", ANYTHING);
    facts.put("doesNotShow", DOES_NOT_SHOW);
    return object(
        "_type", "https://in-toto.io/Statement/v1",
        "subject", subjects(report),
        "predicateType", "https://in-toto.io/attestation/test-result/v0.1",
        "predicate",
            object(
                "result", result,
                "configuration", configuration(run.get(0), report),
                "passedTests", checks(report, "passed"),
                "warnedTests", checks(report, "mismatch"),
                "failedTests", checks(report, "failed"),
                "pgproof", facts));
  }

  /** Returns what an entry about people says, in words. */
  private static String words(Line line) {
    Object name = line.body("name");
    return switch (line.kind()) {
      case "TaskOpened" -> "task '" + name + "' opened for " + line.body("group");
      case "TaskJoined" -> "joined the open task of run " + line.body("openedByRun");
      case "Decided" -> "decided in '" + name + "': " + line.body("decision") + because(line, "reason");
      case "DecisionRefused" ->
          "was refused a decision in '"
              + name
              + "'"
              + (line.body("decision") == null ? "" : ": " + line.body("decision"))
              + because(line, "because");
      case "DecisionTakenAway" ->
          "deleted the run with its task '"
              + name
              + "', so nobody decides about the verdict "
              + line.body("verdict")
              + " ("
              + line.body("reason")
              + ")"
              + because(line, "because");
      case "NobodyDecided" ->
          "nobody decided within "
              + duration(Duration.parse(String.valueOf(line.body("within"))))
              + " in '"
              + name
              + "', so it was escalated";
      case "WaiverGranted" ->
          "accepted this backup until " + time(line.body("until")) + because(line, "reason");
      case "Waived" ->
          "waived: "
              + line.body("grantedBy")
              + " accepted this backup in run "
              + line.body("run")
              + " until "
              + time(line.body("until"))
              + because(line, "reason");
      case "Withdrawn" -> "cancelled the verification";
      case "BegunAgain" -> "verification started again as run " + line.body("run");
      default -> throw new Broken(EVIDENCE, "has an entry about people of the kind " + line.kind());
    };
  }

  private static String because(Line line, String member) {
    return line.body(member) == null ? "" : ", because: " + line.body(member);
  }

  private static String time(Object at) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(Instant.parse(String.valueOf(at)));
  }

  /** Returns the two largest units, such as 26 h 3 min. */
  private static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    } else if (seconds < 3600) {
      return pair(seconds / 60, "min", seconds % 60, "s");
    } else if (seconds < 259_200) {
      return pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  private static String pair(long big, String bigUnit, long small, String smallUnit) {
    return big + " " + bigUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }

  /**
   * Returns what the last control showed about each layer. Where it could not tell, the result of the
   * last one that could stands.
   */
  private static List<Object> controls(List<Line> lines, Object target) {
    if (lines.isEmpty()) {
      return null;
    }
    Map<Object, Object> told = new LinkedHashMap<>();
    Map<Object, Object> last = new LinkedHashMap<>();
    for (Line line : lines) {
      if (target == null || !target.equals(line.body("target")) || line.body("why") != null) {
        throw new Broken(EVIDENCE, "has a negative control of another target, or without a result");
      }
      last.clear();
      for (Object result : list(line.entry().get("body"), "results")) {
        Map<String, Object> row = object("control", line.entry().get("run"), "at", line.time().toString());
        ((Map<?, ?>) result).forEach((name, value) -> row.put((String) name, value));
        last.put(at(result, "layer"), row);
        if (Set.of("caught", "missed").contains(String.valueOf(at(result, "outcome")))) {
          told.put(at(result, "layer"), row);
        }
      }
    }
    List<Object> rows = new ArrayList<>();
    last.forEach(
        (layer, row) ->
            rows.add(
                "could-not-tell".equals(at(row, "outcome")) ? told.getOrDefault(layer, row) : row));
    return rows;
  }

  /**
   * Returns what was decided in the review of the day on which the verdict was reached. Reviews are
   * about targets.
   */
  private static Object review(List<Line> lines, Object target, Instant verdict) {
    if (lines.isEmpty()) {
      return null;
    }
    if (target == null) {
      throw new Broken(EVIDENCE, "has a review, but a run without a target is part of none");
    }
    Line line = lines.get(0);
    String day = verdict.toString().substring(0, 10);
    String from = String.valueOf(line.body("period", "from"));
    String to = String.valueOf(line.body("period", "to"));
    if (lines.size() > 1 || day.compareTo(from) < 0 || day.compareTo(to) > 0) {
      throw new Broken(EVIDENCE, "has a review of another time, or more than one");
    }
    return object(
        "at", line.time().toString(),
        "by", line.entry().get("actor"),
        "from", from,
        "to", to,
        "decision", line.body("decision"),
        "remark", line.body("reason"));
  }

  private static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  private static Object isolation(List<Line> run) {
    Line created = last(run, "ContainerCreated");
    if (created == null) {
      return null;
    }
    Line removed = last(run, "FilesRemoved");
    return object(
        "container", created.body("container"),
        "destroyedAt", after(run, created, last(run, "ContainerDestroyed")),
        "filesRemovedAt",
            removed == null || removed.body("keptAt") != null ? null : after(run, created, removed));
  }

  private static Object after(List<Line> run, Line created, Line later) {
    return later != null && run.indexOf(later) > run.indexOf(created) ? later.time().toString() : null;
  }

  private static List<Object> checks(Object report, String outcome) {
    List<Object> names = new ArrayList<>();
    for (Object check : list(report, "checks")) {
      if (outcome.equals(at(check, "outcome"))) {
        names.add(at(check, "name"));
      }
    }
    return names;
  }

  private List<Object> subjects(Object report) {
    List<Object> subjects = new ArrayList<>();
    if (at(report, "backup", "archives") instanceof List<?> archives) {
      for (Object archive : archives) {
        if (at(archive, "sha256") != null) {
          subjects.add(subject(at(archive, "file"), at(archive, "sha256")));
        }
      }
    }
    Object manifest = at(report, "backup", "manifest", "sha256");
    if (subjects.isEmpty() && manifest != null) {
      subjects.add(subject("backup_manifest", manifest));
    }
    return subjects.isEmpty() ? List.of(subject(EVIDENCE, sha256(bytes(EVIDENCE)))) : subjects;
  }

  private static Object subject(Object name, Object sha256) {
    return object("name", name, "digest", object("sha256", sha256));
  }

  private static List<Object> configuration(Line asked, Object report) {
    String body =
        asked.text().substring(asked.text().indexOf(",\"body\":") + 8, asked.text().length() - 1);
    Object target = asked.body("request", "target");
    List<Object> all = new ArrayList<>();
    all.add(
        object(
            "name", "request",
            "digest", object("sha256", sha256(body.getBytes(StandardCharsets.UTF_8))),
            "annotations", object("target", target)));
    if (at(report, "image") != null) {
      all.add(
          object(
              "name", "image",
              "uri", "pgproof:image:" + at(report, "image", "key"),
              "annotations",
                  object(
                      "postgresVersion", at(report, "image", "postgresVersion"),
                      "builtAt", at(report, "image", "builtAt"))));
    }
    return all;
  }

  private void checkTrusted(Path trusted, Key key, LogKey logKey) throws IOException {
    Set<String> known = new TreeSet<>();
    try (Stream<Path> all = Files.list(trusted)) {
      for (Path file : all.filter(each -> each.toString().endsWith(".pem")).toList()) {
        String text = Files.readString(file);
        int begin = text.indexOf("-----BEGIN PUBLIC KEY-----");
        if (begin >= 0) {
          known.add(sha256(pem(file.toString(), text.substring(begin))));
        }
      }
    }
    if (key == null || !known.contains(sha256(key.key().getEncoded()))) {
      failures.add(KEY + ": is not one of the keys in " + trusted);
    }
    if (logKey == null || !known.contains(sha256(logKey.key().getEncoded()))) {
      failures.add(LOG_KEY + ": is not one of the keys in " + trusted);
    }
  }

  private static Object at(Object json, String... path) {
    Object value = json;
    for (String member : path) {
      value = value instanceof Map<?, ?> object ? object.get(member) : null;
    }
    return value;
  }

  private static List<?> list(Object json, String member) {
    if (at(json, member) instanceof List<?> list) {
      return list;
    }
    throw new Broken(STATEMENT, "has no list '" + member + "'");
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(digest(bytes));
  }

  private static byte[] digest(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads JSON: objects as maps, arrays as lists, numbers as {@link BigDecimal}. */
  private static final class Json {
    private final String text;
    private final String file;
    private int at;

    private Json(String text, String file) {
      this.text = text;
      this.file = file;
    }

    static Object read(String text, String file) {
      Json json = new Json(text, file);
      Object value = json.value(0);
      if (json.next() != 0) {
        throw json.broken();
      }
      return value;
    }

    private Broken broken() {
      return new Broken(file, "is not JSON at character " + at);
    }

    /** Returns the next character that is no space; 0 at the end. */
    private char next() {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length() ? text.charAt(at) : 0;
    }

    private void take(char expected) {
      if (next() != expected) {
        throw broken();
      }
      at++;
    }

    private Object value(int depth) {
      if (depth > 100) {
        throw broken();
      }
      char first = next();
      if (first == '{') {
        return object(depth);
      } else if (first == '[') {
        return array(depth);
      } else if (first == '"') {
        return string();
      }
      Matcher word =
          Pattern.compile("true|false|null|-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?")
              .matcher(text)
              .region(at, text.length());
      if (!word.lookingAt()) {
        throw broken();
      }
      at = word.end();
      return switch (word.group()) {
        case "null" -> null;
        case "true" -> true;
        case "false" -> false;
        default -> new BigDecimal(word.group());
      };
    }

    private Map<String, Object> object(int depth) {
      Map<String, Object> object = new LinkedHashMap<>();
      take('{');
      if (next() != '}') {
        do {
          next();
          String name = string();
          take(':');
          Object value = value(depth + 1);
          if (object.containsKey(name)) {
            throw new Broken(file, "has the member '" + name + "' twice");
          }
          object.put(name, value);
        } while (comma());
      }
      take('}');
      return object;
    }

    private List<Object> array(int depth) {
      List<Object> array = new ArrayList<>();
      take('[');
      if (next() != ']') {
        do {
          array.add(value(depth + 1));
        } while (comma());
      }
      take(']');
      return array;
    }

    private boolean comma() {
      boolean more = next() == ',';
      at += more ? 1 : 0;
      return more;
    }

    private String string() {
      take('"');
      StringBuilder string = new StringBuilder();
      while (true) {
        if (at >= text.length()) {
          throw broken();
        }
        char c = text.charAt(at++);
        if (c == '"') {
          return string.toString();
        }
        if (c < ' ') {
          throw broken();
        }
        string.append(c == '\\' ? escaped() : c);
      }
    }

    private char escaped() {
      char c = at < text.length() ? text.charAt(at++) : 0;
      int known = "\"\\/bfnrt".indexOf(c);
      if (c != 0 && known >= 0) {
        return "\"\\/\b\f\n\r\t".charAt(known);
      }
      if (c != 'u' || at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9A-Fa-f]{4}")) {
        throw broken();
      }
      at += 4;
      return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
  }
}
