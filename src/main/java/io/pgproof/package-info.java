/** The application class. */
package io.pgproof;
