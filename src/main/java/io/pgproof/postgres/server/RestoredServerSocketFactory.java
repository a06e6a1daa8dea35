package io.pgproof.postgres.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.SocketFactory;
import org.newsclub.net.unix.AFUNIXSocketExtensions;

/**
 * Gives pgjdbc a socket that is connected to the restored server and to no other process.
 *
 * <p>The class and its constructor are public because pgjdbc creates it by name. The peer is
 * identified by the user id that the kernel reports for it. Therefore neither a symbolic link nor a
 * replaced socket leads elsewhere.
 */
public final class RestoredServerSocketFactory extends SocketFactory {
  private final int hostUid;
  private final int connectMillis;
  private final Path path;

  /**
   * @param argument user id, connect limit in milliseconds, and the socket's path, separated by
   *     colons
   */
  public RestoredServerSocketFactory(String argument) {
    String[] parts = argument.split(":", 3);
    hostUid = Integer.parseInt(parts[0]);
    connectMillis = Integer.parseInt(parts[1]);
    path = Path.of(parts[2]);
  }

  static String argument(int hostUid, int connectMillis, Path path) {
    return hostUid + ":" + connectMillis + ":" + path;
  }

  @Override
  public Socket createSocket() throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw new WrongServerException(
          path + " is a symbolic link, not the restored server's socket");
    }
    Socket socket = unixSockets().createSocket();
    try {
      // The factory replaces any host and port with the socket's path.
      socket.connect(
          InetSocketAddress.createUnresolved("localhost", ServerAddress.PORT), connectMillis);
      long uid = ((AFUNIXSocketExtensions) socket).getPeerCredentials().getUid();
      if (uid != hostUid) {
        throw new WrongServerException(
            "user id " + uid + " answers at " + path + ", the restored server runs as " + hostUid);
      }
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Loads the class by name. A direct reference would cause a warning about an annotation that its
   * library does not ship, and warnings are errors.
   */
  private SocketFactory unixSockets() {
    try {
      return Class.forName("org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg")
          .asSubclass(SocketFactory.class)
          .getConstructor(String.class)
          .newInstance(path.toString());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("junixsocket is not on the class path", e);
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket();
  }
}
