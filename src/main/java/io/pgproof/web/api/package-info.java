/**
 * The door of the API: who may call it with which token, how often, and what an error looks like.
 */
@NullMarked
package io.pgproof.web.api;

import org.jspecify.annotations.NullMarked;
