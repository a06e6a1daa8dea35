package io.pgproof.notify;

import io.pgproof.target.Mail;
import io.pgproof.target.Mail.Security;
import io.pgproof.target.Secret;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.server.SMTPServer;

/** A mail server on this host that keeps what it gets, and refuses when it is told to. */
public final class MailBox implements AutoCloseable {
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final SMTPServer server;
  private volatile int refusal;

  /** A mail as it came. */
  public record Received(String to, MimeMessage mail, boolean encrypted, Optional<String> user) {
    public String header(String name) throws MessagingException {
      return mail.getHeader(name, null);
    }

    public String plain() throws MessagingException, IOException {
      return part("text/plain");
    }

    public String html() throws MessagingException, IOException {
      return part("text/html");
    }

    private String part(String type) throws MessagingException, IOException {
      Multipart parts = (Multipart) mail.getContent();
      for (int i = 0; i < parts.getCount(); i++) {
        BodyPart part = parts.getBodyPart(i);
        if (part.isMimeType(type)) {
          return ((String) part.getContent()).replace("\r\n", "\n");
        }
      }
      throw new AssertionError("no part of the type " + type);
    }
  }

  public MailBox() {
    this(settings -> settings);
  }

  public MailBox(UnaryOperator<SMTPServer.Builder> settings) {
    server =
        settings
            .apply(
                SMTPServer.port(0)
                    .bindAddress(InetAddress.getLoopbackAddress())
                    .insertReceivedHeaders(false)
                    .messageHandlerFactory(Handler::new))
            .build();
    server.start();
  }

  public List<Received> received() {
    return List.copyOf(received);
  }

  /** Refuses recipients with this status from now on; 0 takes all. */
  public void refuse(int status) {
    refusal = status;
  }

  /** How to reach it. */
  public Mail address(Security security) {
    return new Mail(
        "localhost",
        server.getPortAllocated(),
        security,
        "pgproof <pgproof@example.org>",
        Optional.empty(),
        Optional.empty());
  }

  /** How to reach it with a log-in. */
  public Mail address(Security security, String user, Secret password) {
    return new Mail(
        "localhost",
        server.getPortAllocated(),
        security,
        "pgproof@example.org",
        Optional.of(user),
        Optional.of(password));
  }

  @Override
  public void close() {
    server.stop();
  }

  private final class Handler implements MessageHandler {
    private final MessageContext context;
    private String to;

    Handler(MessageContext context) {
      this.context = context;
    }

    @Override
    public void from(String from) {}

    @Override
    public void recipient(String recipient) throws RejectException {
      if (refusal != 0) {
        throw new RejectException(refusal, "no such user here");
      }
      to = recipient;
    }

    @Override
    public String data(InputStream data) throws IOException {
      try {
        received.add(
            new Received(
                to,
                new MimeMessage(Session.getInstance(new Properties()), data),
                ((org.subethamail.smtp.server.Session) context).isTLSStarted(),
                context
                    .getAuthenticationHandler()
                    .map(handler -> String.valueOf(handler.getIdentity()))));
      } catch (MessagingException e) {
        throw new IOException(e);
      }
      return null;
    }

    @Override
    public void done() {}
  }
}
