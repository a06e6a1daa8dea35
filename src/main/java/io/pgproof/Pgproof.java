package io.pgproof;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: whatever owns a state directory runs it, with or without the web. */
@SpringBootApplication
public class Pgproof {}
