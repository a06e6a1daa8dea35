package io.pgproof.backup.damage;

import io.pgproof.backup.format.BackupPart;
import io.pgproof.backup.format.ControlFile;
import io.pgproof.backup.source.Backup;
import io.pgproof.proof.FindingException;
import io.pgproof.proof.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The catalog of functions and its index in a few databases of a backup. Every database has both
 * from {@code initdb} on, and writes to what PostgreSQL itself brought only when it is upgraded, so
 * no WAL of the backup repairs a damage there.
 */
final class Catalogs {
  private static final String CONTROL = "global/pg_control";
  private static final long FUNCTIONS = 1255;
  private static final long INDEX_OF_OIDS = 2690;
  private static final Pattern OF_DATABASE = Pattern.compile("base/([0-9]{1,10})/([^/]+)");
  private static final Pattern TRANSACTIONS = Pattern.compile("pg_xact/([0-9A-F]{4})");
  private static final String TEMPLATE = "1";

  /** A database that cannot be connected to hides its damage, so there is more than one. */
  private static final int MOST_DATABASES = 4;

  /** A function that neither the server nor a query of ours calls, in all versions. */
  private static final byte[] FUNCTION = "poly_overabove\0".getBytes(StandardCharsets.US_ASCII);

  private static final int XMIN_STATES = 0x0300;
  private static final int INFOMASK = 20;
  private static final int HEADER_LENGTH = 22;
  private static final int BTREE_SPECIAL = 16;
  private static final int BTREE_FLAGS = 12;
  private static final int BTREE_NEXT = 4;
  private static final int LEAF = 1;

  /** The flags of leaves, deleted pages and half-dead pages. */
  private static final int LEAF_IN_USE = 1 | 4 | 16;

  /** Transactions in one file of {@code pg_xact}, and the number of files before it begins anew. */
  private static final long IN_FILE = 1 << 20;

  private static final int FILES = 4096;
  private static final int LONG_AGO = 1024;

  private final ControlFile control;
  private final Set<String> transactionFiles;
  private final List<Database> databases;

  /** The two files of one database. */
  private record Database(StoredFile functions, StoredFile index) {}

  /** Where a row lies: its block, its item there, and the position of its bytes in the file. */
  private record Row(int block, int item, int at) {}

  private Catalogs(ControlFile control, Set<String> transactionFiles, List<Database> databases) {
    this.control = control;
    this.transactionFiles = transactionFiles;
    this.databases = databases;
  }

  /**
   * Reads the data directory of a backup, a second time only if the catalogs were rewritten.
   *
   * @throws FindingException when the backup cannot be read
   */
  static Catalogs read(Backup backup) throws InterruptedException {
    Predicate<BackupPart> base = part -> part.prefix().isEmpty();
    Set<String> few = new TreeSet<>(Set.of(TEMPLATE));
    StoredFiles first =
        StoredFiles.read(
            backup,
            base,
            name ->
                name.equals(CONTROL)
                    || isOf(few, name, FilenodeMap.NAME)
                    || isOf(few, name, String.valueOf(FUNCTIONS))
                    || isOf(few, name, String.valueOf(INDEX_OF_OIDS)));
    ControlFile control =
        ControlFile.parse(
            first
                .file(CONTROL)
                .orElseThrow(
                    () ->
                        new FindingException(
                            Reason.BACKUP_INCOMPLETE, backup.baseName() + " has no " + CONTROL))
                .content());
    Map<String, List<String>> places = places(first, few);
    List<Database> databases = databases(first, places);
    if (databases.isEmpty() && !places.isEmpty()) {
      Set<String> wanted =
          places.values().stream().flatMap(List::stream).collect(Collectors.toSet());
      databases = databases(StoredFiles.read(backup, base, wanted::contains), places);
    }
    return new Catalogs(control, first.transactionFiles(), databases);
  }

  /** Returns whether a name is that of a file in one of a few databases, and counts them. */
  private static boolean isOf(Set<String> few, String name, String file) {
    Matcher parts = OF_DATABASE.matcher(name);
    if (!parts.matches() || !parts.group(2).equals(file)) {
      return false;
    }
    if (few.size() < MOST_DATABASES) {
      few.add(parts.group(1));
    }
    return few.contains(parts.group(1));
  }

  /** Returns by database the names of the two files. */
  private static Map<String, List<String>> places(StoredFiles files, Set<String> few) {
    Map<String, List<String>> places = new LinkedHashMap<>();
    for (String database : few) {
      String directory = "base/" + database + "/";
      Optional<FilenodeMap> map =
          files.file(directory + FilenodeMap.NAME).map(file -> new FilenodeMap(file.content()));
      OptionalLong functions = map.map(each -> each.number(FUNCTIONS)).orElse(OptionalLong.empty());
      OptionalLong index = map.map(each -> each.number(INDEX_OF_OIDS)).orElse(OptionalLong.empty());
      if (functions.isPresent() && index.isPresent()) {
        places.put(
            database, List.of(directory + functions.getAsLong(), directory + index.getAsLong()));
      }
    }
    return places;
  }

  private static List<Database> databases(StoredFiles files, Map<String, List<String>> places) {
    List<Database> databases = new ArrayList<>();
    for (List<String> place : places.values()) {
      Optional<StoredFile> functions = files.file(place.get(0));
      Optional<StoredFile> index = files.file(place.get(1));
      if (functions.isPresent() && index.isPresent()) {
        databases.add(new Database(functions.get(), index.get()));
      }
    }
    return databases;
  }

  boolean dataChecksums() {
    return control.dataChecksums();
  }

  /** Returns a change of unused bytes that leaves the page's checksum right, if it has one. */
  Optional<Patch> unusedByteSealed() {
    return unusedByte(control.dataChecksums());
  }

  /** Returns a change of unused bytes that the page's checksum shows. */
  Optional<Patch> unusedByteUnsealed() {
    return unusedByte(false);
  }

  private Optional<Patch> unusedByte(boolean sealed) {
    for (Database database : databases) {
      Pages pages = new Pages(database.functions(), control.blockSize());
      for (int i = 0; i < pages.count(); i++) {
        int block = (pages.count() / 2 + i) % pages.count();
        if (pages.hole(block) >= 0) {
          pages.flip(pages.hole(block));
          return Optional.of((sealed ? pages.seal(block) : pages).patch(block));
        }
      }
    }
    return Optional.empty();
  }

  /** Returns changes after which two neighbours in an index are out of order, in each database. */
  List<Patch> indexOutOfOrder() {
    List<Patch> patches = new ArrayList<>();
    for (Database database : databases) {
      row(new Pages(database.functions(), control.blockSize()))
          .flatMap(row -> swapped(new Pages(database.index(), control.blockSize()), row))
          .ifPresent(patches::add);
    }
    return patches;
  }

  private Optional<Patch> swapped(Pages index, Row row) {
    for (int block = 1; block < index.count(); block++) {
      if (index.specialLength(block) != BTREE_SPECIAL
          || (index.getShort(index.specialAt(block) + BTREE_FLAGS) & LEAF_IN_USE) != LEAF) {
        continue;
      }
      int first = index.getInt(index.specialAt(block) + BTREE_NEXT) == 0 ? 1 : 2;
      for (int item = first; item <= index.items(block); item++) {
        int neighbour = item > first ? item - 1 : item + 1;
        if (pointsTo(index, index.item(block, item), row)
            && neighbour <= index.items(block)
            && index.item(block, neighbour) >= 0) {
          int one = index.pointer(block, item);
          int other = index.pointer(block, neighbour);
          int kept = index.getInt(one);
          index.putInt(one, index.getInt(other)).putInt(other, kept);
          return Optional.of(sealedIfNeeded(index, block).patch(block));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean pointsTo(Pages index, int entry, Row row) {
    return entry >= 0
        && index.getShort(entry) == row.block() >>> 16
        && index.getShort(entry + 2) == (row.block() & 0xFFFF)
        && index.getShort(entry + 4) == row.item();
  }

  /**
   * Returns changes after which a row, in each database, was written by a transaction of long ago
   * whose outcome is not known any more; whoever reads the row needs to know it.
   *
   * @return empty when the states of all transactions are kept
   */
  List<Patch> rowOfUnknownTransaction() {
    OptionalInt forgotten = forgottenFile();
    List<Patch> patches = new ArrayList<>();
    if (forgotten.isPresent()) {
      for (Database database : databases) {
        Pages functions = new Pages(database.functions(), control.blockSize());
        row(functions)
            .ifPresent(
                row -> {
                  int mask = row.at() + INFOMASK;
                  functions
                      .putInt(row.at(), (int) (forgotten.getAsInt() * IN_FILE + IN_FILE / 2))
                      .putShort(mask, functions.getShort(mask) & ~XMIN_STATES);
                  patches.add(sealedIfNeeded(functions, row.block()).patch(row.block()));
                });
      }
    }
    return patches;
  }

  /** Returns the number of a file of {@code pg_xact} of a thousand million transactions ago. */
  private OptionalInt forgottenFile() {
    Set<Integer> kept =
        transactionFiles.stream()
            .map(TRANSACTIONS::matcher)
            .filter(Matcher::matches)
            .map(file -> Integer.parseInt(file.group(1), 16))
            .collect(Collectors.toSet());
    return kept.stream()
        .filter(file -> !kept.contains((file + 1) % FILES))
        .mapToInt(newest -> Math.floorMod(newest - LONG_AGO, FILES))
        .filter(file -> !kept.contains(file))
        .findFirst();
  }

  /** Returns where the row of the function lies. */
  private static Optional<Row> row(Pages functions) {
    for (int block = 0; block < functions.count(); block++) {
      for (int item = 1; item <= functions.items(block); item++) {
        int at = functions.item(block, item);
        if (at >= 0 && functions.length(block, item) > HEADER_LENGTH) {
          int columns = at + (functions.get(at + HEADER_LENGTH) & 0xFF);
          // Since version 12, the OID is a column and comes first.
          if (functions.isAt(columns, FUNCTION) || functions.isAt(columns + 4, FUNCTION)) {
            return Optional.of(new Row(block, item, at));
          }
        }
      }
    }
    return Optional.empty();
  }

  private Pages sealedIfNeeded(Pages pages, int block) {
    return control.dataChecksums() ? pages.seal(block) : pages;
  }
}
