package io.pgproof.evidence;

import io.pgproof.proof.Digests;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ids under which evidence knows people, and which of them are one person's.
 *
 * <p>The id of a person of an OpenID provider is {@code NAME@oidc:KEY}. The key is derived from
 * issuer and subject, and only it is compared; the name is for readers. No local user has such an
 * id, because no user name may contain a colon.
 */
public final class PersonIds {
  private static final String MARK = "@oidc:";
  private static final int KEY_BYTES = 10;
  private static final int LONGEST_NAME = 100;

  private final Map<String, String> keysOfLocalNames = new TreeMap<>();

  /**
   * @param idsOfLocalNames ids of people of the provider, by the names that they have on the
   *     machine
   */
  public PersonIds(Map<String, String> idsOfLocalNames) {
    idsOfLocalNames.forEach((name, id) -> keysOfLocalNames.put(local(name), key(id)));
  }

  /**
   * Returns the id of a person of a provider.
   *
   * @param name what the person is called; characters that no user name may contain are left out
   */
  public static String of(String issuer, String subject, String name) {
    String plain = name.replaceAll("[^a-zA-Z0-9._@-]", "");
    return plain.substring(0, Math.min(plain.length(), LONGEST_NAME))
        + MARK
        + digest(issuer.length() + " " + issuer + subject);
  }

  /** Returns whether a provider vouched for the person with this id. */
  public static boolean isOfProvider(String id) {
    return id.contains(MARK);
  }

  /**
   * Returns whether two ids are one person's: they have the same key, or the same name in any case.
   */
  public boolean areSame(String one, String other) {
    return canonical(one).equals(canonical(other));
  }

  private String canonical(String id) {
    return isOfProvider(id) ? key(id) : keysOfLocalNames.getOrDefault(local(id), local(id));
  }

  private static String key(String id) {
    return id.substring(id.lastIndexOf(MARK));
  }

  private static String local(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  private static String digest(String text) {
    return Digests.sha256(text).substring(0, 2 * KEY_BYTES);
  }
}
