package io.pgproof.control;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.proof.LogContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import jdk.net.ExtendedSocketOptions;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on the control socket: one request for each connection, then one line of JSON for each
 * reply.
 *
 * <p>A second line from the client, or the end of its connection, withdraws the request. The end of
 * the daemon withdraws nothing: a waiting client sees that the connection ended, and asks the next
 * daemon. Only processes of the daemon's own user are accepted.
 */
public final class ControlServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
  private static final long NOTICED_WITHIN_MILLIS = 1_000;
  private static final long ENDED_WITHIN_MILLIS = 30_000;

  private final Path socket;
  private final ServerSocketChannel server;
  private final Answering answering;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          BasicThreadFactory.builder().namingPattern("control").daemon().build());
  private volatile boolean ending;

  /** Answers one request completely. */
  @FunctionalInterface
  public interface Answering {
    void handle(Request request, ReplySink replySink) throws IOException;
  }

  /**
   * Starts to listen; replaces a socket that an earlier daemon left, because the caller holds the
   * lock.
   */
  public ControlServer(Path socket, Answering answering) {
    this.socket = socket;
    this.answering = answering;
    try {
      Files.deleteIfExists(socket);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen on " + socket, e);
    }
    threads.execute(this::listen);
  }

  /** Returns whether any client waits for an answer. */
  public boolean busy() {
    return !connections.isEmpty();
  }

  private void listen() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        Connection connection = new Connection(channel);
        connections.add(connection);
        threads.execute(() -> serve(connection));
      } catch (RejectedExecutionException e) {
        closeConnections();
      } catch (IOException e) {
        if (server.isOpen()) {
          LOG.warn("cannot accept a connection on {}: {}", socket, e.toString());
        }
      }
    }
  }

  private void serve(Connection connection) {
    try (connection) {
      String peer =
          connection.channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
      if (!peer.equals(System.getProperty("user.name"))) {
        LOG.warn("refused a process of user {} on {}", peer, socket);
        return;
      }
      String line = connection.in.readLine();
      if (line == null || ending) {
        return;
      }
      threads.execute(connection::awaitTakenBack);
      FailureReplies.run(
          connection, () -> answering.handle(EvidenceJson.read(line, Request.class), connection));
    } catch (IOException | RejectedExecutionException e) {
      LOG.debug("the client closed its connection: {}", e.toString());
    } finally {
      LogContext.clear();
      connections.remove(connection);
    }
  }

  /** Closes all connections, and returns when the work for them has ended. */
  @Override
  public void close() {
    ending = true;
    try {
      server.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", socket, e.toString());
    }
    closeConnections();
    threads.shutdown();
    // Most requests notice the closed connection by themselves.
    if (!ended(NOTICED_WITHIN_MILLIS)) {
      threads.shutdownNow();
      if (!ended(ENDED_WITHIN_MILLIS)) {
        LOG.warn("a request on {} did not end", socket);
      }
    }
  }

  private void closeConnections() {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.debug("cannot close a connection: {}", e.toString());
      }
    }
  }

  private boolean ended(long withinMillis) {
    try {
      return threads.awaitTermination(withinMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private final class Connection implements ReplySink, AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader in;
    private final AtomicReference<Runnable> takenBack = new AtomicReference<>();
    private boolean answered;

    Connection(SocketChannel channel) {
      this.channel = channel;
      this.in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    @Override
    public synchronized void send(Reply reply) throws IOException {
      answered = reply.last();
      ByteBuffer line =
          ByteBuffer.wrap((EvidenceJson.write(reply) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    }

    @Override
    public void onWithdrawn(Runnable action) {
      if (!takenBack.compareAndSet(null, action)) {
        action.run();
      }
    }

    @Override
    public boolean listens() {
      return channel.isOpen();
    }

    /** Blocks until the client sends something more or has disconnected. */
    void awaitTakenBack() {
      try {
        in.readLine();
      } catch (IOException e) {
        LOG.debug("a client has disconnected: {}", e.toString());
      }
      synchronized (this) {
        if (answered || ending) {
          return;
        }
      }
      Runnable action = takenBack.getAndSet(() -> {});
      if (action != null) {
        action.run();
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
