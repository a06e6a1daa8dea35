package io.pgproof.web.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** A drawn chart, read as XML, with what every chart must have. */
final class Drawn {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");

  private final Element image;

  private Drawn(Element image) {
    this.image = image;
  }

  /** Reads a chart, and checks what every chart must have. */
  static Drawn of(String svg) {
    assertThat(svg).doesNotContain("style=", " id=", "NaN", "Infinity");
    Drawn drawn = new Drawn(parse(svg).getDocumentElement());
    assertThat(drawn.image.getAttribute("role")).isEqualTo("img");
    assertThat(drawn.label()).contains(": ");
    assertThat(drawn.texts("title").get(0)).isNotBlank();
    assertThat(drawn.texts("desc")).singleElement().asString().isNotBlank();
    drawn.staysWithinItsEdges();
    return drawn;
  }

  private static Document parse(String svg) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(svg)));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new AssertionError(svg, e);
    }
  }

  private void staysWithinItsEdges() {
    double[] box = numbers(image.getAttribute("viewBox"));
    double[] shift =
        all("g").stream()
            .map(group -> group.getAttribute("transform"))
            .filter(transform -> !transform.isEmpty())
            .findFirst()
            .map(transform -> numbers(transform.replaceAll("[a-z()]", "")))
            .orElse(new double[2]);
    for (Element element : all("rect", "circle", "line")) {
      for (String name : List.of("x", "x1", "x2", "cx")) {
        assertWithin(element, name, -shift[0], box[2] - shift[0]);
      }
      for (String name : List.of("y", "y1", "y2", "cy")) {
        assertWithin(element, name, -shift[1], box[3] - shift[1]);
      }
      for (String name : List.of("width", "height")) {
        assertWithin(element, name, 0, Math.max(box[2], box[3]));
      }
    }
    for (Element element : all("polyline", "polygon")) {
      for (String point : element.getAttribute("points").split(" ")) {
        assertThat(Double.parseDouble(point.split(",")[0])).isBetween(0.0, box[2]);
        assertThat(Double.parseDouble(point.split(",")[1])).isBetween(0.0, box[3]);
      }
    }
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private static void assertWithin(Element element, String name, double least, double most) {
    String value = element.getAttribute(name);
    if (!value.isEmpty()) {
      assertThat(value).as(name).matches(NUMBER);
      assertThat(Double.parseDouble(value)).as(name).isBetween(least, most);
    }
  }

  String label() {
    return image.getAttribute("aria-label");
  }

  List<String> texts(String element) {
    return all(element).stream().map(Element::getTextContent).toList();
  }

  /** The elements of this name whose class has this word. */
  List<Element> shapes(String element, String type) {
    return all(element).stream()
        .filter(shape -> List.of(shape.getAttribute("class").split(" ")).contains(type))
        .toList();
  }

  /** The only element of this name whose class has this word. */
  Element shape(String element, String type) {
    List<Element> shapes = shapes(element, type);
    assertThat(shapes).as(element + " " + type).hasSize(1);
    return shapes.get(0);
  }

  private List<Element> all(String... names) {
    List<Element> all = new ArrayList<>();
    for (String name : names) {
      NodeList found = image.getElementsByTagName(name);
      for (int i = 0; i < found.getLength(); i++) {
        all.add((Element) found.item(i));
      }
    }
    return all;
  }
}
