package io.pgproof.web.page;

/**
 * What stands above each page.
 *
 * @param person name of the person who is logged in
 * @param groups the groups in words
 * @param tasks number of open tasks
 */
record Layout(String person, String groups, long tasks, String version) {}
