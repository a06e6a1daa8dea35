/** Pages that stand alone, made of templates: HTML without other files, and PDF for archives. */
@NullMarked
package io.pgproof.document;

import org.jspecify.annotations.NullMarked;
