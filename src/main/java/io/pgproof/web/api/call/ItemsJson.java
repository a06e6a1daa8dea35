package io.pgproof.web.api.call;

import java.util.List;

/** A list that has no pages. */
record ItemsJson<T>(List<T> items) {
  ItemsJson {
    items = List.copyOf(items);
  }
}
