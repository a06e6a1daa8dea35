package io.pgproof.control;

import io.pgproof.audit.EvidenceJson;
import io.pgproof.state.StateDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.function.Consumer;

/** Connects to the daemon of a state directory: sends one request, then reads its replies. */
public final class ControlClient implements AutoCloseable {
  private final SocketChannel channel;

  private ControlClient(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects to the daemon of a state directory.
   *
   * @return empty when no daemon listens
   */
  public static Optional<ControlClient> connect(StateDirectory state) throws IOException {
    if (!Files.exists(state.controlSocket())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(state.controlSocket()))));
    } catch (SocketException e) {
      // The daemon no longer listens, or the socket was just removed.
      return Optional.empty();
    }
  }

  /**
   * Sends the request and waits for the last reply.
   *
   * @param onTheWay receives all replies except the last
   * @return empty when the daemon ended or was killed before it had answered
   */
  public Optional<Reply> send(Request request, Consumer<Reply> onTheWay) {
    try {
      send(EvidenceJson.write(request));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Reply reply = EvidenceJson.read(line, Reply.class);
        if (reply.last()) {
          return Optional.of(reply);
        }
        onTheWay.accept(reply);
      }
    } catch (IOException e) {
      // The daemon is gone. Nothing is logged, because starting the log slows each client.
    }
    return Optional.empty();
  }

  /** Withdraws the request; the last reply still arrives. May be called from any thread. */
  public void withdraw() throws IOException {
    send("");
  }

  private void send(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    synchronized (channel) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
