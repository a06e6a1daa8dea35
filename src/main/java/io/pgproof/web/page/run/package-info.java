/** The pages of runs: one run, live while it is under way, and the list of all. */
@NullMarked
package io.pgproof.web.page.run;

import org.jspecify.annotations.NullMarked;
