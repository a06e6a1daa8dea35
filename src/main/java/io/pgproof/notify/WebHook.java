package io.pgproof.notify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgproof.target.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/**
 * Posts a message as signed JSON. The signature lets a receiver verify that the message comes from
 * this server and is not an old one sent again.
 */
final class WebHook {
  private static final int SCHEMA = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Clock clock;
  private final LimitedHttp http;

  WebHook(Clock clock, SSLContext trust, Duration limit) {
    this.clock = clock;
    this.http = new LimitedHttp(trust, limit);
  }

  Delivery post(Message message, URI address, Secret secret)
      throws IOException, InterruptedException {
    String channel = "web hook " + LimitedHttp.withoutPath(address);
    String body = body(message);
    String timestamp = String.valueOf(clock.instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .header("User-Agent", "pgproof")
            .header("Pgproof-Id", message.id())
            .header("Pgproof-Timestamp", timestamp)
            .header(
                "Pgproof-Signature", "sha256=" + signature(timestamp + "." + body, secret.read()))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    int status = http.status(request, channel);
    if (status >= 200 && status < 300) {
      return new Delivery.Accepted(channel);
    }
    if (status >= 400 && status < 500 && status != 408 && status != 429) {
      return new Delivery.Refused(channel, "it answered with status " + status);
    }
    throw LimitedHttp.unexpected(channel, status);
  }

  /** Returns one JSON object, whose members have the names of the message's facts and tables. */
  static String body(Message message) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("schema", SCHEMA);
    body.put("id", message.id());
    body.put("event", message.event());
    body.put("at", message.at().toString());
    body.put("subject", message.subject());
    body.put("text", message.lead());
    body.putAll(members(message.facts()));
    message
        .tables()
        .forEach(
            table -> body.put(table.name(), table.rows().stream().map(WebHook::members).toList()));
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers can always be written", e);
    }
  }

  private static Map<String, Object> members(List<Message.Fact> facts) {
    Map<String, Object> members = new LinkedHashMap<>();
    facts.forEach(fact -> members.put(fact.name(), fact.value()));
    return members;
  }

  private static String signature(String text, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
