package io.pgproof.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Places orders continuously, one per transaction, until it is closed. */
public final class OrderWriter implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong written = new AtomicLong();
  private final Connection connection;
  private final Thread thread;
  private volatile @Nullable SQLException fault;

  OrderWriter(Connection connection, long customers) {
    this.connection = connection;
    this.thread = new Thread(() -> write(customers), "order writer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the number of committed orders so far. */
  public long writtenRows() {
    return written.get();
  }

  private void write(long customers) {
    try (connection;
        PreparedStatement insert = connection.prepareStatement(Shop.INSERT_ORDER)) {
      while (!closed.get()) {
        insert.setLong(1, 1 + written.get() % customers);
        insert.executeUpdate();
        written.incrementAndGet();
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (SQLException e) {
      fault = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Stops after the current order.
   *
   * @throws SourceException if an order could not be placed
   */
  @Override
  public void close() {
    closed.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (fault != null) {
      throw new SourceException("an order could not be placed: " + fault.getMessage(), fault);
    }
  }
}
