/**
 * Time stamps by RFC 3161: the request, and whether an answer is a good time stamp of the right
 * bytes.
 */
@NullMarked
package io.pgproof.timestamp;

import org.jspecify.annotations.NullMarked;
