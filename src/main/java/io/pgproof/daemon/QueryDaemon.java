package io.pgproof.daemon;

import io.pgproof.control.Reply;
import io.pgproof.control.ReplySink;
import io.pgproof.control.Request;
import io.pgproof.evidence.log.EvidenceSequencer;
import io.pgproof.state.Ownership;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * Owns a state directory without an engine, for one or two queries: it resumes nothing and listens
 * to no other client; a process that needs the engine waits until this one ends.
 */
public final class QueryDaemon implements AutoCloseable {
  private final Ownership ownership;
  private final ConfigurableApplicationContext application;

  private QueryDaemon(Ownership ownership, ConfigurableApplicationContext application) {
    this.ownership = ownership;
    this.application = application;
  }

  /**
   * Starts the application without an engine and without web pages.
   *
   * @param ownership released by {@link #close}
   */
  public static QueryDaemon start(Ownership ownership) {
    return new QueryDaemon(
        ownership,
        Startup.run(
            ownership,
            new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)));
  }

  /**
   * Answers requests that need no engine; an interrupt of the calling thread ends it.
   *
   * @param onTheWay receives all replies except the last
   */
  public Reply send(Request request, Consumer<Reply> onTheWay) throws IOException {
    AtomicReference<Reply> last = new AtomicReference<>();
    application
        .getBean(QueryHandler.class)
        .handle(
            request,
            new ReplySink() {
              @Override
              public void send(Reply reply) {
                if (reply.last()) {
                  last.set(reply);
                } else {
                  onTheWay.accept(reply);
                }
              }

              @Override
              public boolean listens() {
                return true;
              }

              @Override
              public void onWithdrawn(Runnable action) {
                throw new UnsupportedOperationException(
                    "the calling thread is interrupted instead");
              }
            });
    return Objects.requireNonNull(last.get(), "the request got no reply");
  }

  @Override
  public void close() {
    try (ownership;
        application) {
      application.getBean(EvidenceSequencer.class).take(false);
    }
  }

  /**
   * The query handler and its database; not annotated as a configuration, so that the component
   * scan of the whole application does not find it.
   */
  @ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
  @Import(QueryConfiguration.class)
  static class Application {}
}
