/** The certificate and the key with which the pages are served. */
@NullMarked
package io.pgproof.web.tls;

import org.jspecify.annotations.NullMarked;
