package io.pgproof.target;

import java.util.Optional;

/**
 * A person or a program that receives notifications.
 *
 * @param mail mail address; empty if there is none
 * @param webHook if there is no mail address
 * @param secret key that signs what is sent to the web hook; present if and only if the web hook is
 */
public record Recipient(
    String name,
    Optional<String> mail,
    Optional<WebHookAddress> webHook,
    Optional<Secret> secret) {}
