package io.pgproof.notify;

import io.pgproof.target.Mail;
import io.pgproof.target.Mail.Security;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.commons.lang3.concurrent.BasicThreadFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/** Submits a message to a mail server by SMTP, as plain text and as HTML. */
final class MailServer {
  private final SSLContext trust;
  private final Duration limit;
  private final Names names;
  private final ScheduledThreadPoolExecutor watch =
      new ScheduledThreadPoolExecutor(
          1, BasicThreadFactory.builder().namingPattern("mail-limit").daemon().build());

  /** Resolves host names. */
  interface Names {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  MailServer(SSLContext trust, Duration limit) {
    this(trust, limit, InetAddress::getAllByName);
  }

  MailServer(SSLContext trust, Duration limit, Names names) {
    this.trust = trust;
    this.limit = limit;
    this.names = names;
    this.watch.setRemoveOnCancelPolicy(true);
  }

  Delivery send(Message message, String to, Mail server) throws IOException {
    String channel = "mail to " + to;
    Optional<String> password =
        server.password().isPresent()
            ? Optional.of(server.password().get().read())
            : Optional.empty();
    try {
      Session session = session(server, password);
      MimeMessage mail = mail(session, message, address(to), address(server.from()));
      deliver(mail, session, server);
      return new Delivery.Accepted(channel);
    } catch (AddressException e) {
      return new Delivery.Refused(
          channel, "'" + e.getRef() + "' is not an address: " + e.getMessage());
    } catch (MessagingException e) {
      Optional<String> refusal = refusal(e);
      if (refusal.isPresent()) {
        return new Delivery.Refused(channel, withoutPassword(refusal.get(), server, password));
      }
      throw failed(server, e, password);
    } catch (IOException e) {
      throw failed(server, e, password);
    }
  }

  /** Sends over a connection that is closed when the time limit ends, whatever its state. */
  private void deliver(MimeMessage mail, Session session, Mail server)
      throws MessagingException, IOException {
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<Socket> open = new AtomicReference<>();
    ScheduledFuture<?> end =
        watch.schedule(
            () -> {
              over.set(true);
              close(open.get());
            },
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
    try (Socket socket = connected(server, open, over);
        SMTPTransport transport = new SMTPTransport(session, null)) {
      transport.connect(encrypted(socket, server));
      transport.sendMessage(mail, mail.getAllRecipients());
    } catch (MessagingException | IOException e) {
      if (over.get()) {
        throw new IOException("it took longer than " + limit.toSeconds() + " s");
      }
      throw e;
    } finally {
      end.cancel(false);
    }
  }

  /**
   * Connects to the first of the host's addresses that responds, in the order of the name service.
   *
   * @param open holds the socket of the current attempt
   * @throws IOException of the first address if none responds
   */
  private Socket connected(Mail server, AtomicReference<Socket> open, AtomicBoolean over)
      throws IOException {
    InetAddress[] addresses = names.addresses(server.host());
    // An address that does not respond must leave time for the others.
    int each = (int) Math.max(1, limit.toMillis() / addresses.length);
    IOException failed = null;
    for (InetAddress found : addresses) {
      Socket socket = new Socket();
      open.set(socket);
      try {
        if (over.get()) {
          throw new IOException("no time is left for " + found);
        }
        // Pass the name along, because the certificate must be issued for it.
        InetAddress address = InetAddress.getByAddress(server.host(), found.getAddress());
        socket.connect(new InetSocketAddress(address, server.port()), each);
        return socket;
      } catch (IOException e) {
        close(socket);
        failed = failed == null ? e : failed;
      }
    }
    throw failed == null ? new UnknownHostException(server.host()) : failed;
  }

  private Socket encrypted(Socket socket, Mail server) throws IOException {
    if (server.security() != Security.TLS) {
      return socket;
    }
    SSLSocket encrypted =
        (SSLSocket)
            trust.getSocketFactory().createSocket(socket, server.host(), server.port(), true);
    SSLParameters parameters = encrypted.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    encrypted.setSSLParameters(parameters);
    encrypted.startHandshake();
    return encrypted;
  }

  private Session session(Mail server, Optional<String> password) {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", server.host());
    properties.put("mail.smtp.auth", String.valueOf(password.isPresent()));
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    properties.put(
        "mail.smtp.starttls.enable", String.valueOf(server.security() == Security.STARTTLS));
    properties.put(
        "mail.smtp.starttls.required", String.valueOf(server.security() == Security.STARTTLS));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.socketFactory", trust.getSocketFactory());
    return Session.getInstance(
        properties,
        password.isEmpty()
            ? null
            : new Authenticator() {
              @Override
              protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(server.user().orElseThrow(), password.get());
              }
            });
  }

  private static MimeMessage mail(
      Session session, Message message, InternetAddress to, InternetAddress from)
      throws MessagingException {
    String domain = from.getAddress().substring(from.getAddress().indexOf('@') + 1);
    MimeMessage mail =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + message.id() + "@" + domain + ">");
          }
        };
    mail.setFrom(from);
    mail.setRecipient(jakarta.mail.Message.RecipientType.TO, to);
    mail.setSubject(MailText.subject(message), StandardCharsets.UTF_8.name());
    mail.setSentDate(Date.from(message.at()));
    // Prevents automatic replies.
    mail.setHeader("Auto-Submitted", "auto-generated");
    MimeBodyPart plain = new MimeBodyPart();
    plain.setText(MailText.plain(message), StandardCharsets.UTF_8.name());
    MimeBodyPart html = new MimeBodyPart();
    html.setText(MailText.html(message), StandardCharsets.UTF_8.name(), "html");
    mail.setContent(new MimeMultipart("alternative", plain, html));
    mail.saveChanges();
    return mail;
  }

  private static InternetAddress address(String text) throws AddressException {
    if (text.codePoints().anyMatch(Character::isISOControl)) {
      throw new AddressException("it has a control character", text.replaceAll("\\p{Cntrl}", " "));
    }
    InternetAddress address = new InternetAddress(text, true);
    if (address.getAddress().indexOf('@') < 0) {
      throw new AddressException("it has no @", text);
    }
    return address;
  }

  /**
   * Returns the server's reply if it is a permanent refusal: any code that begins with 5. A failed
   * login is not permanent, because it can be corrected.
   */
  private static Optional<String> refusal(MessagingException failure) {
    for (Exception e = failure;
        e instanceof MessagingException messaging;
        e = messaging.getNextException()) {
      int code =
          e instanceof SMTPAddressFailedException address
              ? address.getReturnCode()
              : e instanceof SMTPSenderFailedException sender
                  ? sender.getReturnCode()
                  : e instanceof SMTPSendFailedException sending ? sending.getReturnCode() : 0;
      if (code >= 500 && code < 600) {
        return Optional.of("the mail server said: " + String.valueOf(e.getMessage()).strip());
      }
    }
    return Optional.empty();
  }

  /**
   * Creates an exception without a cause, because stack traces are stored and the server's reply to
   * a login is unpredictable.
   */
  private static IOException failed(Mail server, Exception failure, Optional<String> password) {
    StringBuilder said = new StringBuilder();
    for (Throwable e = failure; e != null; e = e.getCause()) {
      String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().strip();
      if (said.indexOf(text) < 0) {
        said.append(": ").append(text);
      }
    }
    return new IOException(
        "the mail server "
            + server.host()
            + ":"
            + server.port()
            + " did not accept the message"
            + withoutPassword(said.toString(), server, password));
  }

  /**
   * Hides the password in a server's message, because some servers repeat the line that they did
   * not understand.
   */
  private static String withoutPassword(String text, Mail server, Optional<String> password) {
    String hidden = text.replaceAll("\\p{Cntrl}+", " ");
    if (password.isPresent()) {
      for (String login :
          List.of(password.get(), "\0" + server.user().orElseThrow() + "\0" + password.get())) {
        hidden =
            hidden.replace(
                Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)), "***");
      }
      hidden = hidden.replace(password.get(), "***");
    }
    return hidden;
  }

  private static void close(@Nullable Socket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // The connection is closed anyway.
    }
  }
}
