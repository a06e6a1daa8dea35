/** What is served over HTTP; may import {@code proof}, {@code audit}, {@code target}, {@code workflow} and Spring. */
package io.pgproof.web;
