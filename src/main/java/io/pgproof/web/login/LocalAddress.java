package io.pgproof.web.login;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the address to which the log-in leads: it must be on this server. */
final class LocalAddress {
  static final String FIRST_PAGE = "/";

  private static final int LONGEST = 2_000;

  /** Printable ASCII without a backslash, which browsers read as a slash. */
  private static final Pattern PLAIN = Pattern.compile("/(?!/)[!-\\[\\]-~]*");

  private LocalAddress() {}

  /**
   * Returns this address if it is an absolute path of this server, with query and fragment, and
   * none of the log-in itself; else the first page.
   */
  static String orFirstPage(@Nullable String address) {
    return address != null && isLocal(address) ? address : FIRST_PAGE;
  }

  private static boolean isLocal(String address) {
    if (address.length() > LONGEST || !PLAIN.matcher(address).matches()) {
      return false;
    }
    try {
      URI uri = new URI(address);
      String path = uri.getRawPath();
      return uri.getScheme() == null
          && uri.getRawAuthority() == null
          && !path.contains("//")
          && path.equals(uri.normalize().getRawPath())
          && !path.startsWith(LogInPage.PATH)
          && !path.startsWith(LogInPage.LOG_OUT);
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
