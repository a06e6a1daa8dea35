package io.pgproof.damage;

import static io.pgproof.damage.DamagedBackup.Listing.DROPPED;
import static io.pgproof.damage.DamagedBackup.Listing.KEPT;
import static io.pgproof.damage.DamagedBackup.Listing.REWRITTEN;

import io.pgproof.TestEnvironment;
import io.pgproof.damage.Damage.Act;
import io.pgproof.damage.DamagedBackup.Listing;
import io.pgproof.proof.Depth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** All kinds of damage that are tried. */
final class Catalogue {
  private static final String CONTROL = "global/pg_control";
  private static final String LABEL = "backup_label";
  private static final int CONTROL_CRC = 288;
  private static final int SEGMENT = 1 << 20;
  private static final Set<Integer> USUAL = Set.of(15);

  /** The first page that is neither the meta page nor the root of a tree of two levels. */
  private static final int LEAF = 1;

  private final List<Damage> all = new ArrayList<>();

  private Catalogue() {}

  /** In groups, from the outside to the inside. */
  static List<Damage> all() {
    Catalogue catalogue = new Catalogue();
    catalogue.archives();
    catalogue.manifests();
    catalogue.pages(REWRITTEN);
    catalogue.pages(DROPPED);
    catalogue.control();
    catalogue.wal();
    catalogue.labels();
    catalogue.inside();
    catalogue.mixed();
    return List.copyOf(catalogue.all);
  }

  private void archives() {
    refuted(
        "the base archive cut in the middle",
        KEPT,
        "archive-truncated",
        "archive",
        (backup, scene) ->
            backup.file(SoundBackup.BASE, file -> Arrays.copyOf(file, file.length / 2)));
    refuted(
        "the WAL archive cut in the middle",
        KEPT,
        "archive-truncated",
        "archive",
        (backup, scene) ->
            backup.file(SoundBackup.WAL, file -> Arrays.copyOf(file, file.length / 2)));
    refuted(
        "an archive of no bytes",
        KEPT,
        "archive-truncated",
        "archive",
        (backup, scene) -> backup.file(SoundBackup.BASE, file -> new byte[0]));
    refuted(
        "a byte of the compressed data changed",
        DROPPED,
        "archive-corrupt",
        "archive",
        (backup, scene) -> backup.file(SoundBackup.BASE, file -> flip(file, file.length / 2)));
    refuted(
        "bytes behind the end of an archive",
        KEPT,
        "archive-corrupt",
        "archive",
        (backup, scene) -> backup.file(SoundBackup.WAL, file -> joined(file, bytes("left over"))));
    refuted(
        "the end of an archive never written: zeros",
        DROPPED,
        "archive-corrupt",
        "archive",
        (backup, scene) ->
            backup.file(
                SoundBackup.BASE, file -> zeros(file, file.length - (1 << 20), file.length)));
    refuted(
        "text in the place of an archive",
        KEPT,
        "archive-corrupt",
        "archive",
        (backup, scene) -> backup.file(SoundBackup.BASE, file -> bytes("see the other disk\n")));
    refuted(
        "a member's header that does not fit its checksum",
        KEPT,
        "archive-corrupt",
        "archive",
        (backup, scene) ->
            backup.file(
                SoundBackup.BASE,
                file ->
                    packed(
                        flip(
                            scene.sound().base().bytes(),
                            scene.sound().base().offset("PG_VERSION") + 100))));
    refuted(
        "a member whose name points upwards",
        DROPPED,
        "unsafe-archive",
        "archive",
        (backup, scene) ->
            backup.base().add(Tar.Member.file("../../etc/cron.d/damage", bytes("x"))));
    refuted(
        "a member whose name is absolute",
        DROPPED,
        "unsafe-archive",
        "archive",
        (backup, scene) -> backup.base().add(Tar.Member.file("/etc/cron.d/damage", bytes("x"))));
    refuted(
        "a symbolic link",
        DROPPED,
        "unsafe-archive",
        "archive",
        (backup, scene) ->
            backup.base().add(Tar.Member.file("base/way-out", new byte[0]).typed('2', "/etc")));
    refuted(
        "a hard link",
        DROPPED,
        "unsafe-archive",
        "archive",
        (backup, scene) ->
            backup
                .base()
                .add(Tar.Member.file("base/way-out", new byte[0]).typed('1', "/etc/passwd")));
    refuted(
        "a device",
        DROPPED,
        "unsafe-archive",
        "archive",
        (backup, scene) ->
            backup.base().add(Tar.Member.file("base/disk", new byte[0]).typed('4', "")));
    add(
        "a file brought twice",
        DROPPED,
        "inconclusive",
        "format-unsupported",
        "",
        (backup, scene) -> backup.base().add(Tar.Member.file("PG_VERSION", bytes("15\n"))));
    refuted(
        "a bomb, and a manifest that does not list it",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) -> backup.file(SoundBackup.BASE, file -> bomb(scene)));
    add(
        "a bomb larger than the disk",
        DROPPED,
        "inconclusive",
        "disk-full",
        "",
        (backup, scene) -> backup.file(SoundBackup.BASE, file -> bomb(scene)));
  }

  private void manifests() {
    refuted(
        "a byte of the manifest changed",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) -> backup.file(SoundBackup.MANIFEST, file -> flip(file, file.length / 2)));
    refuted(
        "the manifest cut",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.file(SoundBackup.MANIFEST, file -> Arrays.copyOf(file, file.length / 2)));
    refuted(
        "a row taken out of the manifest, its own checksum right",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.manifest(text -> ManifestText.without(text, scene.file("facts"))));
    alsoOn(18);
    refuted(
        "the manifest of another backup of the cluster",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.file(
                SoundBackup.MANIFEST, file -> read(scene.earlier().resolve(SoundBackup.MANIFEST))));
    refuted(
        "a manifest that asks for more WAL, its own checksum right",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup.manifest(
                text ->
                    ManifestText.signed(
                        text.replaceFirst("\"End-LSN\": \"0/", "\"End-LSN\": \"1/"))));
    refuted(
        "a listed file left out",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) -> backup.base().remove(scene.file("facts_name")));
    refuted(
        "a file put in",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.base().add(Tar.Member.file("base/5/999999", new byte[Pages.SIZE])));
    refuted(
        "a file renamed",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.base().change(scene.file("facts"), member -> member.named("base/5/999999")));
    refuted(
        "a table cut by a page",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup
                .base()
                .edit(scene.file("facts"), file -> Pages.cut(file, Pages.count(file) - 1)));
    refuted(
        "a bit of a table changed, the page's checksum right",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup
                .base()
                .edit(scene.file("facts"), file -> Pages.seal(Pages.flip(file, 3, 5000), 3)));
    refuted(
        "a page zeroed, and a manifest of before",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) -> backup.base().edit(scene.file("facts"), file -> Pages.zero(file, 3)));
  }

  private void pages(Listing listing) {
    flippedPage("a table", listing, scene -> scene.file("facts"));
    if (listing == DROPPED) {
      alsoOn(11, 18);
    }
    flippedPage("an index", listing, scene -> scene.file("facts_pkey"));
    flippedPage("the long values of a table", listing, scene -> scene.file("toast"));
    refuted(
        "a bit of the catalog pg_class changed",
        listing,
        Set.of("page-checksum", "recovery-failed"),
        "pages",
        (backup, scene) ->
            backup.base().edit(scene.file("pg_class"), file -> Pages.flip(file, 1, 5000)));
    add(
        "a bit of a free space map changed",
        listing,
        "inconclusive",
        "torn-page",
        "pages",
        (backup, scene) ->
            backup.base().edit(scene.file("facts") + "_fsm", file -> Pages.flip(file, 2, 3000)));
    add(
        "a bit of a visibility map changed",
        listing,
        "inconclusive",
        "torn-page",
        "pages",
        (backup, scene) ->
            backup.base().edit(scene.file("facts") + "_vm", file -> Pages.flip(file, 0, 3000)));
    refuted(
        "a page in another one's place",
        listing,
        "page-checksum",
        "pages",
        (backup, scene) ->
            backup.base().edit(scene.file("facts"), file -> Pages.misplace(file, 2, 5)));
    refuted(
        "a page cut in the middle",
        listing,
        "page-checksum",
        "pages",
        (backup, scene) ->
            backup
                .base()
                .edit(scene.file("facts"), file -> Arrays.copyOf(file, file.length - 1000)));
    refuted(
        "a page of a table zeroed",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup.base().edit(scene.file("facts"), file -> Pages.zero(file, full(file))));
    proven(
        "a page zeroed of a table without an index",
        listing,
        "indexes: whether pages are missing from",
        (backup, scene) -> backup.base().edit(scene.file("loose"), file -> Pages.zero(file, 3)));
    refuted(
        "a page of an index zeroed",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup.base().edit(scene.file("facts_pkey"), file -> Pages.zero(file, 3)));
    refuted(
        "a table cut by its last pages",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(scene.file("facts"), file -> Pages.cut(file, Pages.count(file) - 2)));
    if (listing == DROPPED) {
      alsoOn(11, 18);
    }
    refuted(
        "a table cut whose index has lists of rows",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(scene.file("repeated"), file -> Pages.cut(file, Pages.count(file) - 2)));
    refuted(
        "a table's file of no bytes",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().edit(scene.file("facts"), file -> new byte[0]));
    refuted(
        "an index's file of no bytes",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().edit(scene.file("facts_pkey"), file -> new byte[0]));
    refuted(
        "a table's file missing",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().remove(scene.file("facts")));
    refuted(
        "an index's file missing",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().remove(scene.file("facts_name")));
    refuted(
        "the file of a table's long values missing",
        listing,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().remove(scene.file("toast")));
  }

  private interface Place {
    String in(Scene scene);
  }

  private void flippedPage(String where, Listing listing, Place place) {
    refuted(
        "a bit of " + where + " changed",
        listing,
        "page-checksum",
        "pages",
        (backup, scene) -> backup.base().edit(place.in(scene), file -> Pages.flip(file, 3, 5000)));
  }

  private void control() {
    refuted(
        "a bit of pg_control changed",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().edit(CONTROL, file -> flip(file, 100)));
    refuted(
        "pg_control missing",
        DROPPED,
        "backup-incomplete",
        "archive",
        (backup, scene) -> backup.base().remove(CONTROL));
    refuted(
        "pg_control cut",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().edit(CONTROL, file -> Arrays.copyOf(file, 4096)));
    refuted(
        "pg_control of an earlier time",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) ->
            backup
                .base()
                .edit(CONTROL, file -> SoundBackup.read(scene.earlier()).base().content(CONTROL)));
    refuted(
        "pg_control of a later time",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) ->
            backup
                .base()
                .edit(CONTROL, file -> SoundBackup.read(scene.later()).base().content(CONTROL)));
    refuted(
        "pg_control of another cluster",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().edit(CONTROL, file -> sealedControl(flip(file, 3))));
    refuted(
        "pg_control of another version",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().edit(CONTROL, file -> resource("control/17")));
  }

  private void wal() {
    refuted(
        "a WAL segment missing in the middle",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) -> backup.wal().remove(segment(scene, 1)));
    refuted(
        "a WAL segment missing in the middle",
        DROPPED,
        "wal-missing",
        "recovery",
        (backup, scene) -> backup.wal().remove(segment(scene, 1)));
    alsoOn(11, 18);
    refuted(
        "the first WAL segment missing",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) -> backup.wal().remove(segment(scene, 0)));
    refuted(
        "the last WAL segment missing",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) -> backup.wal().remove(last(scene)));
    refuted(
        "the last WAL segments missing",
        DROPPED,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup
                .wal()
                .remove(
                    name -> name.matches("[0-9A-F]{24}") && name.compareTo(segment(scene, 1)) > 0));
    refuted(
        "a WAL segment zeroed",
        KEPT,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.wal().edit(segment(scene, 1), file -> new byte[file.length]));
    refuted(
        "the pages of a WAL segment zeroed, but for its first",
        KEPT,
        Set.of("wal-missing", "inconsistent"),
        "recovery",
        (backup, scene) ->
            backup.wal().edit(segment(scene, 1), file -> zeros(file, Pages.SIZE, file.length)));
    refuted(
        "a WAL segment cut",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup.wal().edit(segment(scene, 1), file -> Arrays.copyOf(file, file.length / 2)));
    for (Listing listing : List.of(KEPT, DROPPED)) {
      refuted(
          "a bit of a WAL record changed",
          listing,
          Set.of("wal-missing", "inconsistent"),
          "recovery",
          (backup, scene) ->
              backup
                  .wal()
                  .edit(
                      segment(scene, 1),
                      file ->
                          flip(
                              file,
                              new WalRecords(scene.sound()).endOfRecordWithin(segment(scene, 1))
                                  - 1)));
    }
    refuted(
        "two WAL segments exchanged",
        KEPT,
        "inconsistent",
        "recovery",
        (backup, scene) -> {
          byte[] one = scene.sound().wal().content(segment(scene, 1));
          byte[] other = scene.sound().wal().content(segment(scene, 2));
          backup.wal().edit(segment(scene, 1), file -> other);
          backup.wal().edit(segment(scene, 2), file -> one);
        });
    for (Listing listing : List.of(KEPT, DROPPED)) {
      refuted(
          "a WAL segment of another timeline under this one's name",
          listing,
          "inconsistent",
          "recovery",
          (backup, scene) ->
              backup
                  .wal()
                  .edit(
                      segment(scene, 1),
                      file -> {
                        for (int page = 0; page < file.length; page += Pages.SIZE) {
                          Tar.littleEndian(file).putInt(page + 4, 2);
                        }
                        return file;
                      }));
    }
    alsoOn(11, 18);
    refuted(
        "all WAL of another timeline",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) -> {
          for (String name : scene.sound().wal().names()) {
            backup.wal().change(name, member -> member.named(name.replace("00000001", "00000002")));
          }
        });
    refuted(
        "a WAL segment of another cluster",
        KEPT,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.wal().edit(segment(scene, 1), file -> flip(file, 24 + 3)));
    refuted(
        "the WAL archive missing",
        KEPT,
        "backup-incomplete",
        "archive",
        (backup, scene) -> backup.file(SoundBackup.WAL, file -> null));
    refuted(
        "a WAL archive without a segment",
        DROPPED,
        "backup-incomplete",
        "archive",
        (backup, scene) -> backup.wal().remove(name -> true));
    refuted(
        "the WAL of a later backup of the cluster",
        KEPT,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup.file(SoundBackup.WAL, file -> read(scene.later().resolve(SoundBackup.WAL))));
  }

  private void labels() {
    refuted(
        "backup_label missing",
        DROPPED,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().remove(LABEL));
    alsoOn(11, 18);
    refuted(
        "backup_label of an earlier backup",
        REWRITTEN,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup
                .base()
                .edit(LABEL, file -> SoundBackup.read(scene.earlier()).base().content(LABEL)));
    refuted(
        "a wrong START WAL LOCATION",
        DROPPED,
        Set.of("inconsistent", "recovery-failed"),
        "recovery",
        (backup, scene) ->
            backup.base().edit(LABEL, label -> betweenRecords(label, "START WAL LOCATION")));
    refuted(
        "a START WAL LOCATION in another segment",
        DROPPED,
        "inconsistent",
        "recovery",
        (backup, scene) ->
            backup.base().edit(LABEL, edit("START WAL LOCATION: 0/", "START WAL LOCATION: 1/")));
    refuted(
        "a wrong CHECKPOINT LOCATION",
        DROPPED,
        Set.of("inconsistent", "wal-missing"),
        "recovery",
        (backup, scene) ->
            backup.base().edit(LABEL, label -> betweenRecords(label, "CHECKPOINT LOCATION")));
    refuted(
        "a wrong START TIMELINE",
        DROPPED,
        Set.of("inconsistent", "recovery-failed"),
        "recovery",
        (backup, scene) ->
            backup.base().edit(LABEL, edit("START TIMELINE: 1", "START TIMELINE: 2")));
    refuted(
        "a tablespace_map that names a tablespace which is not there",
        DROPPED,
        "backup-incomplete",
        "archive",
        (backup, scene) ->
            backup.base().edit("tablespace_map", file -> bytes("16999 /mnt/fast\n")));
    for (Listing listing : List.of(REWRITTEN, DROPPED)) {
      refuted(
          "a wrong PG_VERSION",
          listing,
          "inconsistent",
          "recovery",
          (backup, scene) -> backup.base().edit("PG_VERSION", file -> bytes("14\n")));
    }
    alsoOn(11, 18);
    refuted(
        "PG_VERSION missing",
        DROPPED,
        "backup-incomplete",
        "archive",
        (backup, scene) -> backup.base().remove("PG_VERSION"));
    refuted(
        "the shared pg_filenode.map damaged",
        REWRITTEN,
        "recovery-failed",
        "recovery",
        (backup, scene) -> backup.base().edit("global/pg_filenode.map", file -> flip(file, 20)));
    refuted(
        "a database's pg_filenode.map damaged",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup.base().edit(scene.file("other") + "/pg_filenode.map", file -> flip(file, 20)));
    refuted(
        "a database's PG_VERSION missing",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().remove(scene.file("other") + "/PG_VERSION"));
    refuted(
        "a database's directory missing",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup.base().remove(name -> (name + "/").startsWith(scene.file("other") + "/")));
  }

  /** What only PostgreSQL can see, for every checksum is right. */
  private void inside() {
    refuted(
        "items of an index out of order",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts_pkey"),
                    file -> {
                      ByteBuffer page = Pages.page(file, LEAF);
                      int one = page.getInt(Pages.pointer(5));
                      page.putInt(Pages.pointer(5), page.getInt(Pages.pointer(9)))
                          .putInt(Pages.pointer(9), one);
                      return Pages.seal(file, LEAF);
                    }));
    refuted(
        "an index entry that points beyond the table's end",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts_pkey"),
                    file -> {
                      ByteBuffer page = Pages.page(file, LEAF);
                      page.putShort(Pages.item(page, 5) + 2, (short) 30_000);
                      return Pages.seal(file, LEAF);
                    }));
    refuted(
        "a row of a transaction that never was",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("orders"),
                    file -> {
                      ByteBuffer page = Pages.page(file, 0);
                      page.putInt(Pages.item(page, 0), 2_000_000_000);
                      return Pages.seal(file, 0);
                    }));
    refuted(
        "a row with more columns than its table",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts"),
                    file -> {
                      ByteBuffer page = Pages.page(file, full(file));
                      int columns = Pages.item(page, 3) + 18;
                      page.putShort(columns, (short) ((page.getShort(columns) & 0xF800) | 900));
                      return Pages.seal(file, full(file));
                    }));
    refuted(
        "a piece of a long value missing",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("toast"),
                    file -> {
                      Pages.page(file, 2).putInt(Pages.pointer(1), 0);
                      return Pages.seal(file, 2);
                    }));
    refuted(
        "the states of transactions missing",
        REWRITTEN,
        "inconsistent",
        "recovery",
        (backup, scene) -> backup.base().remove("pg_xact/0000"));
    refuted(
        "the states of transactions zeroed",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().edit("pg_xact/0000", file -> new byte[file.length]));
    refuted(
        "the row locks of several transactions missing",
        REWRITTEN,
        "recovery-failed",
        "recovery",
        (backup, scene) -> backup.base().remove("pg_multixact/offsets/0000"));
    refuted(
        "the members of the row locks missing",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) -> backup.base().remove("pg_multixact/members/0000"));
    refuted(
        "a catalog that names a file which is not there",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup.base().edit(scene.file("pg_class"), file -> withOtherFile(file, "facts")));
    refutedInDepth(
        "a table's page as it was before, with its checksum right",
        REWRITTEN,
        "whether every row is in its indexes",
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts"),
                    file -> {
                      byte[] old =
                          SoundBackup.read(scene.earlier()).base().content(scene.file("facts"));
                      System.arraycopy(old, 3 * Pages.SIZE, file, 3 * Pages.SIZE, Pages.SIZE);
                      return file;
                    }));
    refutedInDepth(
        "a compressed value damaged",
        REWRITTEN,
        "every row",
        "row-unreadable",
        "rows",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("squeezed"),
                    file -> {
                      ByteBuffer page = Pages.page(file, 0);
                      int value = Pages.item(page, 0) + 200;
                      for (int i = 0; i < 1000; i++) {
                        page.put(value + i, (byte) 0xFF);
                      }
                      return Pages.seal(file, 0);
                    }));
    refuted(
        "a page of another table in the same place",
        REWRITTEN,
        "index-corrupt",
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts"),
                    file -> {
                      System.arraycopy(
                          scene.sound().base().content(scene.file("orders")),
                          Pages.SIZE,
                          file,
                          Pages.SIZE,
                          Pages.SIZE);
                      return file;
                    }));
  }

  private void mixed() {
    refuted(
        "the base of an earlier backup of the cluster",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.file(SoundBackup.BASE, file -> read(scene.earlier().resolve(SoundBackup.BASE))));
    refuted(
        "the base of an earlier backup of the cluster",
        DROPPED,
        "wal-missing",
        "recovery",
        (backup, scene) ->
            backup.file(SoundBackup.BASE, file -> read(scene.earlier().resolve(SoundBackup.BASE))));
    refuted(
        "the base of another cluster",
        KEPT,
        "manifest-mismatch",
        "manifest",
        (backup, scene) ->
            backup.file(
                SoundBackup.BASE,
                file -> read(TestEnvironment.backup(15).resolve(SoundBackup.BASE))));
    refuted(
        "the WAL of another cluster",
        KEPT,
        Set.of("wal-missing", "inconsistent"),
        "recovery",
        (backup, scene) ->
            backup.file(
                SoundBackup.WAL,
                file -> read(TestEnvironment.backup(15).resolve(SoundBackup.WAL))));
    refuted(
        "a file of another backup of the cluster",
        DROPPED,
        Set.of("index-corrupt"),
        "indexes",
        (backup, scene) ->
            backup
                .base()
                .edit(
                    scene.file("facts"),
                    file -> SoundBackup.read(scene.earlier()).base().content(scene.file("facts"))));
  }

  private void refuted(String what, Listing listing, String reason, String check, Act act) {
    add(what, listing, "refuted", reason, check, act);
  }

  private void refuted(String what, Listing listing, Set<String> reasons, String check, Act act) {
    all.add(new Damage(what, listing, Depth.STANDARD, USUAL, "refuted", reasons, check, act));
  }

  private void proven(String what, Listing listing, String notChecked, Act act) {
    add(what, listing, "proven", "fresh", notChecked, act);
  }

  /** Found by a deeper verification only. */
  private void refutedInDepth(
      String what, Listing listing, String notChecked, String reason, String check, Act act) {
    proven(what, listing, notChecked, act);
    all.add(new Damage(what, listing, Depth.DEEP, USUAL, "refuted", Set.of(reason), check, act));
  }

  private void add(
      String what, Listing listing, String verdict, String reason, String check, Act act) {
    all.add(new Damage(what, listing, Depth.STANDARD, USUAL, verdict, Set.of(reason), check, act));
  }

  /**
   * Has the last one tried on backups of these versions too; 11 recovers in another way and writes
   * no manifest.
   */
  private void alsoOn(Integer... majors) {
    all.add(all.remove(all.size() - 1).alsoOn(majors));
  }

  /** Name of a WAL segment, counted from the one in which the backup began. */
  private static String segment(Scene scene, int number) {
    return scene.sound().wal().names().stream()
        .filter(name -> name.matches("[0-9A-F]{24}"))
        .sorted()
        .toList()
        .get(number);
  }

  private static String last(Scene scene) {
    // A segment may be begun behind the one in which the backup ended.
    Matcher end = Pattern.compile("\"End-LSN\": \"0/(\\w+)\"").matcher(scene.sound().manifest());
    if (!end.find()) {
      throw new IllegalStateException(scene.sound().manifest());
    }
    return String.format("0000000100000000%08X", (Long.parseLong(end.group(1), 16) - 1) / SEGMENT);
  }

  /** A page with rows: the first ones of {@code facts} were emptied when every row was changed. */
  private static int full(byte[] facts) {
    return Pages.count(facts) - 5;
  }

  private static byte[] withOtherFile(byte[] file, String relation) {
    byte[] name = Arrays.copyOf(bytes(relation), 64);
    for (int block = 0; block < Pages.count(file); block++) {
      for (int at = block * Pages.SIZE; at + 92 < (block + 1) * Pages.SIZE; at += 4) {
        if (Arrays.equals(file, at, at + 64, name, 0, 64)) {
          // In a row of pg_class the file's number lies behind the name and five other numbers.
          Tar.littleEndian(file).putInt(at + 64 + 20, 2_000_000_000);
        }
      }
      Pages.seal(file, block);
    }
    return file;
  }

  private static byte[] sealedControl(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, 0, CONTROL_CRC);
    Tar.littleEndian(file).putInt(CONTROL_CRC, (int) crc.getValue());
    return file;
  }

  /**
   * The base with a member that is larger than any disk of today, all zeros: 64 TiB, of which a
   * first part is there.
   */
  private static byte[] bomb(Scene scene) {
    Tar.Member bomb = Tar.Member.file("base/5/999999", new byte[16 << 20]).sized(64L << 40);
    Tar base = scene.sound().base().copy();
    base.members().add(1, bomb);
    return packed(base.bytes());
  }

  private static UnaryOperator<byte[]> edit(String pattern, String replacement) {
    return file -> {
      String before = new String(file, StandardCharsets.UTF_8);
      String after = before.replaceFirst(pattern, replacement);
      if (after.equals(before)) {
        throw new IllegalArgumentException(pattern + " is not in " + before);
      }
      return bytes(after);
    };
  }

  /**
   * The backup label with the position of that name moved by eight bytes. No record begins there:
   * each is 24 bytes long at least.
   */
  private static byte[] betweenRecords(byte[] label, String name) {
    String text = new String(label, StandardCharsets.UTF_8);
    Matcher position = Pattern.compile(name + ": 0/(\\w+)").matcher(text);
    if (!position.find()) {
      throw new IllegalArgumentException(name + " is not in " + text);
    }
    long moved = Long.parseLong(position.group(1), 16) ^ 8;
    return bytes(
        position.replaceFirst(name + ": 0/" + Long.toHexString(moved).toUpperCase(Locale.ROOT)));
  }

  private static byte[] flip(byte[] file, int at) {
    byte[] flipped = file.clone();
    flipped[at] ^= 0x10;
    return flipped;
  }

  private static byte[] zeros(byte[] file, int from, int to) {
    Arrays.fill(file, Math.max(from, 0), to, (byte) 0);
    return file;
  }

  private static byte[] joined(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] packed(byte[] tar) {
    try {
      return DamagedBackup.zipped(tar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] resource(String name) {
    try (var in = Catalogue.class.getResourceAsStream("/io/pgproof/backup/restore/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
