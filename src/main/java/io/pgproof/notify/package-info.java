/** Sends one message to one recipient, by mail or to a web hook; may import {@code proof}, {@code target}, Jakarta Mail and Java's HTTP client. */
package io.pgproof.notify;
