/** The application class; may import Spring Boot. */
package io.pgproof;
