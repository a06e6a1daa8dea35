/** What is served over HTTP. */
@NullMarked
package io.pgproof.web;

import org.jspecify.annotations.NullMarked;
