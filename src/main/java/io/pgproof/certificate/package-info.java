/**
 * Certificates: what the evidence of one run says, signed, with everything that a stranger needs to
 * check it without pgproof.
 */
@NullMarked
package io.pgproof.certificate;

import org.jspecify.annotations.NullMarked;
