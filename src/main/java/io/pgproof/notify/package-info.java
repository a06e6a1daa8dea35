/** Sends one message to one recipient, by mail or web hook; may import {@code proof}, {@code target}, mail and HTTP clients. */
package io.pgproof.notify;
