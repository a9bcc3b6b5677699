package io.longlink.remoting.demo.view;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/** Writes elements that are well-formed as XML and mean the same as HTML. Whatever is given as text is escaped. Not thread-safe. */
final class Markup {
    /** HTML knows these without an end. Shapes of SVG are XML, where every element may do without. */
    private static final Set<String> WITHOUT_END = Set.of("meta", "rect", "line", "path", "circle", "use");

    private final StringBuilder text = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Begins an element.
     *
     * @param attributes names and values in turn
     */
    Markup open(String name, Object... attributes) {
        start(name, attributes).append('>');
        open.push(name);
        return this;
    }

    /** Ends the element that was begun last. */
    Markup close() {
        text.append("</").append(open.pop()).append('>');
        return this;
    }

    /** Ends the line, for people who read the source. */
    Markup line() {
        text.append('\n');
        return this;
    }

    /** An element with nothing in it. */
    Markup empty(String name, Object... attributes) {
        start(name, attributes).append(WITHOUT_END.contains(name) ? "/>" : "></" + name + ">");
        return this;
    }

    /** An element with text in it. */
    Markup element(String name, String content, Object... attributes) {
        return open(name, attributes).text(content).close();
    }

    private StringBuilder start(String name, Object... attributes) {
        text.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1] instanceof Double number ? number(number) : attributes[i + 1].toString());
            text.append('"');
        }
        return text;
    }

    /** Text, escaped. */
    Markup text(String content) {
        escape(content);
        return this;
    }

    /** What is markup already: of this class, or a constant. */
    Markup raw(String markup) {
        text.append(markup);
        return this;
    }

    private void escape(String content) {
        content.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '&' -> text.append("&amp;");
                case '"' -> text.append("&quot;");
                default -> text.appendCodePoint(isAllowed(c) ? c : 0xfffd);
            }
        });
    }

    /** What XML 1.0 takes; the rest, such as the escape character and half of a surrogate pair, cannot be written at all. */
    private static boolean isAllowed(int c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) || c >= 0x10000;
    }

    /** A coordinate: a tenth of a pixel is enough. */
    static String number(double value) {
        String tenths = String.format(Locale.ROOT, "%.1f", value);
        return tenths.endsWith(".0") ? tenths.substring(0, tenths.length() - 2) : tenths;
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not ended: " + open);
        }
        return text.toString();
    }
}
