package io.pgproof.web.api.call;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next with which parameter the caller gets the next page; {@code null} at the end
 */
record PageJson<T>(List<T> items, @Nullable String next) {
  PageJson {
    items = List.copyOf(items);
  }
}
