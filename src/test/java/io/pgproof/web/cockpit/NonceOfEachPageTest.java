package io.pgproof.web.cockpit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;

class NonceOfEachPageTest {
  private static final String NONCE = "org.camunda.bpm.csp.nonce";

  private final MockServletContext shared = new MockServletContext();
  private final PageNonceFilter filter = new PageNonceFilter();

  /** The second request comes between the first one's header and its page. */
  @Test
  void eachRequestHasItsOwnNonce() throws Exception {
    List<Object> seen = new ArrayList<>();
    filter.doFilter(
        new MockHttpServletRequest(shared),
        new MockHttpServletResponse(),
        (first, response) -> {
          first.getServletContext().setAttribute(NONCE, "first");
          filter.doFilter(
              new MockHttpServletRequest(shared),
              new MockHttpServletResponse(),
              (second, other) -> {
                seen.add(second.getServletContext().getAttribute(NONCE));
                second.getServletContext().setAttribute(NONCE, "second");
                seen.add(second.getServletContext().getAttribute(NONCE));
              });
          seen.add(first.getServletContext().getAttribute(NONCE));
        });

    assertThat(seen).containsExactly(null, "second", "first");
    assertThat(shared.getAttribute(NONCE)).isNull();
  }

  @Test
  void allOtherAttributesAreShared() throws Exception {
    filter.doFilter(
        new MockHttpServletRequest(shared),
        new MockHttpServletResponse(),
        (request, response) -> {
          request.getServletContext().setAttribute("other", "value");
          assertThat(request.getServletContext().getContextPath())
              .isEqualTo(shared.getContextPath());
        });

    assertThat(shared.getAttribute("other")).isEqualTo("value");
  }
}
