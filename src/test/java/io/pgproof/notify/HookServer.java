package io.pgproof.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server on this host that keeps what is posted to it, and answers what it is told to. */
public final class HookServer implements AutoCloseable {
  private final List<Posted> posted = new CopyOnWriteArrayList<>();
  private final Deque<Answer> answers = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** A request as it came. */
  public record Posted(
      String path,
      String id,
      String timestamp,
      String signature,
      String contentType,
      String body) {}

  /** Answers a request in its own way. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  public HookServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** With a token in its path, as many have. */
  public URI address() {
    return URI.create(
        "http://localhost:" + server.getAddress().getPort() + "/hooks/T0KEN-in-the-path");
  }

  /** The next requests are answered so, and later ones with 204. */
  public void answer(int... statuses) {
    for (int status : statuses) {
      answer(exchange -> exchange.sendResponseHeaders(status, -1));
    }
  }

  public void answer(Answer answer) {
    answers.add(answer);
  }

  public List<Posted> posted() {
    return List.copyOf(posted);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      posted.add(
          new Posted(
              exchange.getRequestURI().getPath(),
              header(exchange, "Pgproof-Id"),
              header(exchange, "Pgproof-Timestamp"),
              header(exchange, "Pgproof-Signature"),
              header(exchange, "Content-Type"),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
      Answer answer = answers.poll();
      if (answer == null) {
        exchange.sendResponseHeaders(204, -1);
      } else {
        answer.to(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String header(HttpExchange exchange, String name) {
    return exchange.getRequestHeaders().getFirst(name);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
