package io.pgproof.target;

import java.io.IOException;
import java.net.URI;

/** The address of a web hook. Its path and query are often the only password. */
public sealed interface WebHookAddress {
  /**
   * Returns the HTTP or HTTPS address.
   *
   * @throws IOException if it cannot be read; the message says where it should be, and quotes
   *     nothing
   */
  URI read() throws IOException;

  /** An address that is written in the configuration. */
  record Written(URI uri) implements WebHookAddress {
    @Override
    public URI read() {
      return uri;
    }

    /** Leaves out what may be a password. */
    @Override
    public String toString() {
      return "an address on " + uri.getHost();
    }
  }

  /** An address that is read when it is needed. */
  record Kept(Secret secret) implements WebHookAddress {
    @Override
    public URI read() throws IOException {
      String text = secret.read();
      try {
        return ValueFormat.WEB_HOOK.reader().apply(text);
      } catch (IllegalArgumentException e) {
        // Its message would quote the address.
        throw new IOException(secret + " must contain " + ValueFormat.WEB_HOOK.allowed());
      }
    }
  }
}
