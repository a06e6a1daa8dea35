/** What commands print: the line of progress, and the report of a run as text. */
@NullMarked
package io.pgproof.cli.text;

import org.jspecify.annotations.NullMarked;
