/** The frame of all pages of pgproof itself, and the values that they show. */
@NullMarked
package io.pgproof.web.page;

import org.jspecify.annotations.NullMarked;
