/** The pages of targets: the overview of all, and one of them. */
@NullMarked
package io.pgproof.web.page.target;

import org.jspecify.annotations.NullMarked;
