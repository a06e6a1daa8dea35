package io.pgproof.web.api.call;

import com.fasterxml.jackson.annotation.JsonRawValue;

/**
 * The answer to {@code makeReport}.
 *
 * @param report JSON, as the command {@code report} writes it
 */
record ReportJson(@JsonRawValue String report) {}
