/** Sends one message to one recipient, by mail or web hook. */
package io.pgproof.notify;
