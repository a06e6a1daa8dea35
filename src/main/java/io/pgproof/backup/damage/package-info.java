/** Makes damaged copies of a backup; for each copy, one check must find the damage. */
@NullMarked
package io.pgproof.backup.damage;

import org.jspecify.annotations.NullMarked;
