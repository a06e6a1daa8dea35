package io.pgproof.target;

import java.net.URI;
import java.util.Optional;

/**
 * Somebody, or a program, who is told.
 *
 * @param mail address, or empty
 * @param webHook address by HTTP or HTTPS, where there is no mail
 * @param secret that what is sent to the web hook is signed with; there if and only if the web hook
 *     is
 */
public record Recipient(
    String name, Optional<String> mail, Optional<URI> webHook, Optional<Secret> secret) {}
