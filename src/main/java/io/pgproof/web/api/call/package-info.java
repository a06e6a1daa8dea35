/** The calls of the API, and the JSON of their answers. */
@NullMarked
package io.pgproof.web.api.call;

import org.jspecify.annotations.NullMarked;
