/** Makes damaged copies of a backup, each of which one check must find. */
@NullMarked
package io.pgproof.backup.damage;

import org.jspecify.annotations.NullMarked;
