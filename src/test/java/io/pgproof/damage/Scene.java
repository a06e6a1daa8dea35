package io.pgproof.damage;

import io.pgproof.TestEnvironment;
import io.pgproof.command.Trees;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Three backups of one cluster, one after the other, and where in them lies what is to be damaged.
 *
 * @param earlier taken before
 * @param sound taken while orders came in, over several WAL segments
 * @param later taken after
 * @param places file names by what is in them: a relation's name, {@code toast} for the long values
 *     of {@code facts}, {@code squeezed} for some compressed ones, {@code other} for the directory
 *     of a second database
 */
record Scene(Path earlier, SoundBackup sound, Path later, Map<String, String> places) {
  private static final List<String> RELATIONS =
      List.of("facts", "facts_pkey", "facts_name", "orders", "pg_class", "loose", "repeated");
  private static final Map<Integer, Made> MADE = new TreeMap<>();

  /** Kept for all tests without their contents, which are large. */
  private record Made(Path directory, Map<String, String> places) {}

  /** The backups of a server of this version, made at the first call and removed with the bench. */
  static synchronized Scene of(int major) {
    Made made = MADE.computeIfAbsent(major, Scene::make);
    Path directory = made.directory();
    return new Scene(
        directory.resolve("earlier"),
        SoundBackup.read(directory.resolve("sound")),
        directory.resolve("later"),
        made.places());
  }

  private static Made make(int major) {
    Path directory = TestEnvironment.state().path().resolve("backups").resolve("damage-" + major);
    SourceOptions options =
        SourceOptions.standard()
            .withInitdb("--wal-segsize=1")
            .with("autovacuum", "off")
            .withBackupDirectory(directory);
    try (SourceDatabase source = TestEnvironment.source(major, "damage-" + major, options)) {
      fill(source);
      source.baseBackup("earlier");
      changeEveryFact(source);
      Map<String, String> places = places(source);
      backUpOverSegments(source);
      source.switchWal();
      source.baseBackup("later");
      return new Made(directory, places);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  String file(String place) {
    String file = places.get(place);
    if (file == null) {
      throw new IllegalArgumentException("no " + place + " among " + places.keySet());
    }
    return file;
  }

  private static void fill(SourceDatabase source) throws SQLException {
    source.fill(500);
    source.execute("create table facts (id int primary key, name text not null, body text)");
    source.execute("alter table facts alter column body set storage external");
    source.execute(
        "insert into facts select i, md5(i::text) || ' fact',"
            + " case when i % 20 = 0 then repeat(md5(i::text), 200) end from generate_series(1, 3000) i");
    source.execute("create index facts_name on facts (name)");
    source.execute("create table locked as select 1 as id, 'nobody' as holder");
    lockByTwo(source);
    // Long and compressed, so that its bytes are nonsense when one of them is.
    source.execute(
        "create table squeezed as select i, (select string_agg(md5((i * 1000 + j)::text), '') from"
            + " generate_series(1, 300) j) || repeat('abc', 4000) as words from generate_series(1, 10) i");
    source.execute(
        "create table loose as select i, repeat('loose ', 20) as word from generate_series(1, 1000) i");
    source.execute(
        "create table repeated as select i % 7 as digit from generate_series(1, 20000) i");
    source.execute("create index repeated_digit on repeated (digit)");
    source.execute("create database other");
    try (Connection other = source.connect("other");
        Statement statement = other.createStatement()) {
      statement.execute("create table small as select i from generate_series(1, 100) i");
    }
    source.execute("vacuum freeze facts");
    source.execute("vacuum freeze pg_class");
    // Nobody looks at these rows before the backup, so only pg_xact tells that they were committed.
    source.execute("create table unread (i int)");
    source.execute("insert into unread select i from generate_series(1, 1000) i");
    source.execute("checkpoint");
  }

  /**
   * Leaves a row whose last change was taken back by one transaction while another one held it: a
   * multixact tells so.
   */
  private static void lockByTwo(SourceDatabase source) throws SQLException {
    try (Connection one = source.connect();
        Statement holder = one.createStatement();
        Connection two = source.connect();
        Statement writer = two.createStatement()) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      holder.execute("select from locked for key share");
      writer.execute("update locked set holder = 'somebody'");
      two.rollback();
      one.commit();
    }
  }

  private static Map<String, String> places(SourceDatabase source) {
    Map<String, String> places = new TreeMap<>();
    for (String relation : RELATIONS) {
      places.put(relation, source.query("select pg_relation_filepath('" + relation + "')"));
    }
    String toast = "(select reltoastrelid from pg_class where relname = 'facts')";
    places.put("toast", source.query("select pg_relation_filepath(" + toast + ")"));
    places.put(
        "squeezed",
        source.query(
            "select pg_relation_filepath(reltoastrelid) from pg_class where relname = 'squeezed'"));
    places.put(
        "other", "base/" + source.query("select oid from pg_database where datname = 'other'"));
    return places;
  }

  private static void changeEveryFact(SourceDatabase source) {
    source.execute("update facts set name = name || ' changed'");
    source.execute("vacuum freeze facts");
    source.execute("checkpoint");
  }

  /**
   * Takes the sound backup, the more slowly until its WAL holds records of three segments; the last
   * one may hold none.
   */
  private static void backUpOverSegments(SourceDatabase source) {
    for (int rate = 16; rate > 0; rate /= 2) {
      Path taken = backUpWhileOrdersComeIn(source, "sound", rate + "M");
      if (SoundBackup.read(taken).wal().names().stream()
              .filter(name -> name.matches("[0-9A-F]{24}"))
              .count()
          > 3) {
        return;
      }
      try {
        Trees.remove(taken);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException(
        "the orders that came in while a backup was taken did not fill three WAL segments");
  }

  /**
   * Takes a backup whose WAL holds the orders of that time, and changes to most others.
   *
   * @param rate for {@code --max-rate}; the slower, the more WAL there is
   */
  static Path backUpWhileOrdersComeIn(SourceDatabase source, String name, String rate) {
    try (OrderWriter writer = source.startWriter()) {
      CompletableFuture<Path> backup =
          CompletableFuture.supplyAsync(
              () ->
                  source.baseBackup(
                      name, "--format=tar", "--wal-method=stream", "--gzip", "--max-rate=" + rate));
      while (!backup.isDone()) {
        source.execute("update orders set status = 'paid' where id % 4 = 0");
      }
      Path taken = backup.join();
      if (writer.writtenRows() == 0) {
        throw new IllegalStateException("no order came in while the backup was taken");
      }
      return taken;
    }
  }
}
