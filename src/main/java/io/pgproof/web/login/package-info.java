/** Who may enter: the one log-in of pgproof's own pages and of Camunda's web applications. */
@NullMarked
package io.pgproof.web.login;

import org.jspecify.annotations.NullMarked;
