/** The pages of open tasks, and the form in which a person decides. */
@NullMarked
package io.pgproof.web.page.task;

import org.jspecify.annotations.NullMarked;
