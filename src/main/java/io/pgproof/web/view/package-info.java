/** What the pages and the API show and start, without HTML. */
@NullMarked
package io.pgproof.web.view;

import org.jspecify.annotations.NullMarked;
