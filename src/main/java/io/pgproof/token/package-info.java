/** Tokens with which programs call the API in a user's name: created, recognised, revoked. */
@NullMarked
package io.pgproof.token;

import org.jspecify.annotations.NullMarked;
