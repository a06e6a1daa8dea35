package io.pgproof.notify;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Requests over HTTP that end within a limit, whatever the other side does. No text about a request
 * has its path or query, because they are often a password. Thread-safe.
 */
public final class LimitedHttp {
  private final HttpClient client;
  private final Duration limit;

  /**
   * @param trust determines which servers' certificates are trusted
   * @param limit time limit of one request
   */
  LimitedHttp(SSLContext trust, Duration limit) {
    this.limit = limit;
    // Follow no redirect, because it would lead to an address that is not in the configuration.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(trust)
            .connectTimeout(limit)
            .build();
  }

  /** As the other constructor, with the certificates that this machine trusts. */
  public LimitedHttp(Duration limit) {
    this(systemTrust(), limit);
  }

  static SSLContext systemTrust() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no TLS, or its trust store cannot be read", e);
    }
  }

  /**
   * Gets an address, and does not read the body of the answer.
   *
   * @throws IOException unless it answers with a status of success
   */
  public void get(URI address) throws IOException, InterruptedException {
    String channel = withoutPath(address);
    int status =
        status(HttpRequest.newBuilder(address).header("User-Agent", "pgproof").build(), channel);
    if (status < 200 || status >= 300) {
      throw unexpected(channel, status);
    }
  }

  /**
   * Posts bytes.
   *
   * @param expected media type of the answer
   * @param most how long the answer may be, in bytes
   * @return the answer
   * @throws IOException unless it answers with status 200, this type and this length
   */
  public byte[] post(URI address, String type, byte[] body, String expected, int most)
      throws IOException, InterruptedException {
    String channel = withoutPath(address);
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("User-Agent", "pgproof")
            .header("Content-Type", type)
            .header("Accept", expected)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = send(request, channel, answer -> new LimitedBody(most));
    String answered = response.headers().firstValue("Content-Type").orElse("no type");
    if (response.statusCode() != 200) {
      throw unexpected(channel, response.statusCode());
    }
    if (!answered.replaceFirst(";.*", "").strip().equalsIgnoreCase(expected)) {
      throw new IOException(
          channel
              + " answered with "
              + answered.replaceAll("\\p{Cntrl}", " ")
              + " and not with "
              + expected);
    }
    return response.body();
  }

  static IOException unexpected(String channel, int status) {
    return new IOException(
        channel
            + " answered with status "
            + status
            + (status / 100 == 3
                ? ", and pgproof does not follow redirects: name the address to which it redirects"
                : ""));
  }

  /**
   * Returns the status of the answer.
   *
   * @param channel what messages call the other side
   */
  int status(HttpRequest request, String channel) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        send(request, channel, HttpResponse.BodyHandlers.ofInputStream());
    // The rest of the response is not read, however long it is.
    response.body().close();
    return response.statusCode();
  }

  private <T> HttpResponse<T> send(
      HttpRequest request, String channel, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException(channel + " cannot be reached: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(channel + " did not answer within " + limit.toSeconds() + " s");
    } finally {
      answer.cancel(true);
    }
  }

  /** Returns the address without what may be a password. */
  public static String withoutPath(URI address) {
    return address.getScheme()
        + "://"
        + address.getHost()
        + (address.getPort() < 0 ? "" : ":" + address.getPort());
  }
}
