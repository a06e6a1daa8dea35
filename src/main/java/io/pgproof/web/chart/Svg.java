package io.pgproof.web.chart;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes one SVG image as text. Every text and every attribute is escaped.
 *
 * <p>The image has no {@code style} and no ids, so that it can stand in a page with a strict
 * content security policy, several times. Shapes carry a class, which the pages' style sheet
 * colours, and the colour for paper as an attribute, which a style sheet overrides.
 */
final class Svg {
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";
  private static final XMLOutputFactory WRITERS = XMLOutputFactory.newDefaultFactory();

  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;

  /**
   * Opens the image.
   *
   * @param shape the class of the image, after {@code chart}
   * @param width width of the drawing in its own units, and in pixels where nothing scales it
   * @param height the same
   * @param stretched whether the drawing fills any size, with its proportions changed
   * @param title one short line; browsers show it when the mouse rests on the image
   * @param description everything that the image shows, for a person who does not see it
   */
  Svg(String shape, int width, int height, boolean stretched, String title, String description) {
    try {
      xml = WRITERS.createXMLStreamWriter(text);
      xml.writeStartElement("svg");
      xml.writeDefaultNamespace(NAMESPACE);
      attribute("class", "chart " + shape);
      attribute("role", "img");
      attribute("aria-label", title + ": " + description);
      attribute("viewBox", "0 0 " + width + " " + height);
      attribute("width", width);
      attribute("height", height);
      if (stretched) {
        attribute("preserveAspectRatio", "none");
      }
      attribute("font-family", "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif");
      attribute("font-size", 12);
      line("title", title);
      line("desc", description);
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Opens an element; {@link #close} closes it. Attributes are pairs of name and value. */
  Svg open(String element, Object... attributes) {
    try {
      xml.writeStartElement(element);
      attributes(attributes);
      return this;
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  Svg close() {
    try {
      xml.writeEndElement();
      return this;
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds an element without content. */
  Svg empty(String element, Object... attributes) {
    try {
      xml.writeEmptyElement(element);
      attributes(attributes);
      return this;
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Adds an element that holds only text. */
  Svg line(String element, String content, Object... attributes) {
    open(element, attributes);
    try {
      xml.writeCharacters(printable(content));
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return close();
  }

  /** Closes the image and returns it. */
  String end() {
    close();
    try {
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  private void attributes(Object... attributes) throws XMLStreamException {
    for (int i = 0; i < attributes.length; i += 2) {
      attribute((String) attributes[i], attributes[i + 1]);
    }
  }

  private void attribute(String name, Object value) throws XMLStreamException {
    xml.writeAttribute(
        name, value instanceof Double number ? number(number) : printable(value.toString()));
  }

  /** Returns the number with one decimal at most. */
  static String number(double number) {
    return BigDecimal.valueOf(number)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** Replaces the characters that XML cannot hold. */
  private static String printable(String text) {
    return text.replaceAll("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\\x{10000}-\\x{10ffff}]", "\ufffd");
  }
}
