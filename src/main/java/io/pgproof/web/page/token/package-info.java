/** The page of tokens: people create and revoke their own, administrators revoke any. */
@NullMarked
package io.pgproof.web.page.token;

import org.jspecify.annotations.NullMarked;
