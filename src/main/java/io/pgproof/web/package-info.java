/** What is served over HTTP. */
package io.pgproof.web;
