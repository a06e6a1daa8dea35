package io.pgproof.web.api.call;

import com.fasterxml.jackson.annotation.JsonRawValue;

/**
 * The answer to {@code makeReport}, which is written without it, because it can be long.
 *
 * @param report JSON, as the command {@code report} writes it
 */
record ReportJson(@JsonRawValue String report) {}
