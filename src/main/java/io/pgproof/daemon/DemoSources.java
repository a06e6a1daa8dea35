package io.pgproof.daemon;

import io.pgproof.command.Trees;
import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.demo.OrderWriter;
import io.pgproof.demo.SourceDatabase;
import io.pgproof.demo.SourceOptions;
import io.pgproof.image.Image;
import io.pgproof.image.ImageStore;
import io.pgproof.proof.RunId;
import io.pgproof.sandbox.Sandbox;
import io.pgproof.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates the source databases of demonstrations, each below {@code runs/} like everything else
 * that a crash may leave.
 */
final class DemoSources {
  private final StateDirectory state;
  private final Sandbox sandbox;
  private final ImageStore images;
  private final Clock clock;
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  DemoSources(StateDirectory state, Sandbox sandbox, ImageStore images, Clock clock) {
    this.state = state;
    this.sandbox = sandbox;
    this.images = images;
    this.clock = clock;
  }

  /**
   * Returns whether the directory of this name below {@code runs/} belongs to a source database of
   * this process.
   */
  boolean owns(String directory) {
    return running.contains(directory);
  }

  /**
   * Creates the database of a shop, fills it, and takes a base backup of it while orders arrive;
   * only the backup remains.
   */
  void handle(Request.Demo demo, ReplySink replySink) throws IOException {
    Thread worker = Thread.currentThread();
    replySink.onWithdrawn(worker::interrupt);
    Image image =
        images.build(
            demo.major(), false, line -> QueryHandler.sendLine(replySink, "image: " + line));
    Path backups = state.demo();
    Trees.remove(backups);
    Files.createDirectories(backups);
    RunId id = RunId.at(clock.instant());
    running.add(id.value());
    try {
      Path backup =
          backUp(
              image,
              state.run(id),
              SourceOptions.standard().withBackupDirectory(backups),
              demo.orders(),
              replySink);
      replySink.send(new Reply.BackedUp(backup.toString(), SourceDatabase.FRESHNESS_QUERY));
    } finally {
      running.remove(id.value());
    }
  }

  private Path backUp(
      Image image,
      StateDirectory.RunDirectory place,
      SourceOptions options,
      int orders,
      ReplySink replySink) {
    QueryHandler.sendLine(
        replySink,
        "starting a PostgreSQL " + image.postgresVersion() + " in a container of its own");
    try (SourceDatabase source =
        SourceDatabase.start(sandbox, image, place.machineName(), place.path(), options)) {
      QueryHandler.sendLine(
          replySink, "filling customers, orders and order_lines with " + orders + " orders");
      source.fill(orders);
      try (OrderWriter writer = source.startWriter()) {
        QueryHandler.sendLine(
            replySink,
            "pg_basebackup --format=tar --wal-method=stream --gzip, while orders come in");
        Path backup = source.baseBackup("backup");
        QueryHandler.sendLine(
            replySink, writer.writtenRows() + " orders came in during the backup");
        return backup;
      }
    }
  }
}
