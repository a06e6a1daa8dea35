package io.pgproof.backup.archive;

import io.pgproof.proof.Finding;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Archive formats that people use and pgproof does not read: the archive is present, but pgproof
 * can say nothing about it.
 */
public enum ForeignFormat {
  BZIP2("is compressed with bzip2", Mend.DECOMPRESS, "\\.(?:bz2|bzip2|tbz2?)", "42 5a 68"),
  XZ("is compressed with xz", Mend.DECOMPRESS, "\\.(?:xz|txz)", "fd 37 7a 58 5a 00"),
  LZMA(
      "is compressed with lzma",
      Mend.DECOMPRESS,
      "\\.(?:lzma|tlz)",
      "5d 00 00 80 00 ff ff ff ff",
      "5d 00 00 00 04 ff ff ff ff"),
  LZIP("is compressed with lzip", Mend.DECOMPRESS, "\\.lz", "4c 5a 49 50 01"),
  LZOP("is compressed with lzop", Mend.DECOMPRESS, "\\.lzop?", "89 4c 5a 4f 00 0d 0a 1a 0a"),
  COMPRESS("is compressed with compress", Mend.DECOMPRESS, "\\.(?:Z|taZ)", "1f 9d"),
  BROTLI("is compressed with brotli", Mend.DECOMPRESS, "\\.br"),
  SNAPPY(
      "is compressed with snappy",
      Mend.DECOMPRESS,
      "\\.(?:sz|snappy)",
      "ff 06 00 00 73 4e 61 50 70 59"),
  SEVEN_ZIP("is a 7-Zip archive", Mend.DECOMPRESS, "\\.7z", "37 7a bc af 27 1c"),
  ZIP("is a zip archive", Mend.DECOMPRESS, "\\.zip", "50 4b 03 04", "50 4b 07 08 50 4b 03 04"),
  RAR("is a rar archive", Mend.DECOMPRESS, "\\.rar", "52 61 72 21 1a 07"),
  CPIO(
      "is a cpio archive",
      Mend.UNPACK,
      "\\.cpio",
      "30 37 30 37 30 31",
      "30 37 30 37 30 32",
      "30 37 30 37 30 37"),
  AGE(
      "is encrypted with age",
      Mend.DECRYPT,
      "\\.age",
      ascii("age-encryption.org/"),
      ascii("-----BEGIN AGE ENCRYPTED FILE")),
  PGP(
      "is encrypted with OpenPGP",
      Mend.DECRYPT,
      "\\.(?:gpg|pgp|asc)",
      ascii("-----BEGIN PGP MESSAGE")),
  OPENSSL("is encrypted with openssl enc", Mend.DECRYPT, "\\.(?:openssl|ssl)", ascii("Salted__")),
  LUKS("is encrypted with LUKS", Mend.DECRYPT, "\\.luks", "4c 55 4b 53 ba be"),
  ENCRYPTED(
      "is encrypted, according to its name",
      Mend.DECRYPT,
      "\\.(?:enc|encrypted|aes(?:128|256)?|crypt|kms)"),
  SPLIT(
      "is a part of an archive that was split",
      Mend.JOIN,
      "\\.(?:[a-z]{2}|[0-9]{2,3}|part-?[0-9a-z]{1,3})");

  private enum Mend {
    DECOMPRESS("decompress it, or compress it with gzip, lz4 or zstd instead, and verify again"),
    UNPACK("unpack it into a separate directory and verify that directory"),
    DECRYPT("decrypt it to a directory that only root can read, and verify that directory"),
    JOIN("join the parts in their order into one file without the ending, and verify again");

    private final String hint;

    Mend(String hint) {
      this.hint = hint;
    }
  }

  private final String what;
  private final Mend mend;
  private final Pattern ending;
  private final List<byte[]> magics;

  ForeignFormat(String what, Mend mend, String ending, String... magics) {
    this.what = what;
    this.mend = mend;
    this.ending = Pattern.compile(".+" + ending);
    this.magics = Arrays.stream(magics).map(FirstBytes::of).toList();
  }

  private static String ascii(String text) {
    StringBuilder hexadecimal = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      hexadecimal.append(hexadecimal.isEmpty() ? "" : " ").append(String.format("%02x", b));
    }
    return hexadecimal.toString();
  }

  /**
   * Returns the format by the ending of a file's name; an encrypted or split file may have it after
   * the usual ending.
   */
  public static Optional<ForeignFormat> byFileName(String fileName) {
    return Arrays.stream(values())
        .filter(format -> format.ending.matcher(fileName).matches())
        .findFirst();
  }

  /** Returns the format by a file's first bytes. */
  static Optional<ForeignFormat> byFirstBytes(byte[] firstBytes) {
    return isOpenPgp(firstBytes)
        ? Optional.of(PGP)
        : Arrays.stream(values())
            .filter(
                format ->
                    format.magics.stream()
                        .anyMatch(magic -> FirstBytes.startWith(firstBytes, magic)))
            .findFirst();
  }

  /**
   * Returns whether the file begins with a session key, encrypted for a recipient or with a
   * passphrase (source: RFC 9580, sections 4.2, 5.1 and 5.3).
   */
  private static boolean isOpenPgp(byte[] firstBytes) {
    if (firstBytes.length < 4) {
      return false;
    }
    int versionAt =
        switch (firstBytes[0] & 0xFF) {
          case 0x84, 0x8C -> 2;
          case 0x85, 0x8D -> 3;
          case 0xC1, 0xC3 -> (firstBytes[1] & 0xFF) < 192 ? 2 : 3;
          default -> 0;
        };
    boolean forSomebody =
        (firstBytes[0] & 0x7F) == 0x04
            || (firstBytes[0] & 0x7F) == 0x05
            || (firstBytes[0] & 0xFF) == 0xC1;
    int version = firstBytes[versionAt];
    return versionAt > 0
        && (forSomebody ? version == 3 || version == 6 : version >= 4 && version <= 6);
  }

  /** Returns the finding that ends the run without a statement about the backup. */
  public FindingException finding(String fileName) {
    return new FindingException(
        new Finding(
            Reason.FORMAT_UNSUPPORTED,
            FileNames.shown(FileNames.ofUtf8(fileName))
                + " "
                + what
                + ", which pgproof does not read",
            mend.hint,
            null));
  }
}
