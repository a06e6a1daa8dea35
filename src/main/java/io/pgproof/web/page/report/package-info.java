/** The page of reports: a form for a period, and the downloads. */
@NullMarked
package io.pgproof.web.page.report;

import org.jspecify.annotations.NullMarked;
