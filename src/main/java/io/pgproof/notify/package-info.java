/** Sends one message to one recipient, by mail or web hook. */
@NullMarked
package io.pgproof.notify;

import org.jspecify.annotations.NullMarked;
