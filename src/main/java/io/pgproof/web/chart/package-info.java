/** Draws charts as SVG, the same for pages, mails and PDF. */
package io.pgproof.web.chart;
