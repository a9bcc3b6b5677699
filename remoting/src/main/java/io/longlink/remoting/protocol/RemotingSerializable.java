package io.longlink.remoting.protocol;

import com.alibaba.fastjson2.JSONReader;
import com.alibaba.fastjson2.JSONWriter;
import com.alibaba.fastjson2.reader.ObjectReaderProvider;
import com.alibaba.fastjson2.writer.ObjectWriterProvider;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bodies as JSON (PROTOCOL section 9): bean properties in alphabetical order, null ones left out, enums by name, no white
 * space, UTF-8. Thread-safe.
 *
 * <p>Reading skips unknown properties and takes map keys that are bare numbers, as RocketMQ writes them; writing always quotes
 * them. Nothing in a body chooses a class, references are not resolved, and comments, single quotes and values nested deeper
 * than {@value #MAX_DEPTH} are refused. Whatever is wrong with a body or object, the answer is an {@link
 * IllegalArgumentException}: unchecked, because RocketMQ's methods of these names are. The JSON library's settings for the rest
 * of the process are neither used nor changed.
 */
public abstract class RemotingSerializable {
    /** How deep the values of a body may nest when it is read. */
    public static final int MAX_DEPTH = 256;

    private static final ObjectReaderProvider READERS = new ObjectReaderProvider();
    private static final ObjectWriterProvider WRITERS = new ObjectWriterProvider();

    static {
        READERS.setDisableAutoType(true);
        READERS.setDisableReferenceDetect(true);
        WRITERS.setDisableAutoType(true);
        WRITERS.setDisableReferenceDetect(true);
    }

    /** For subclasses. */
    protected RemotingSerializable() {}

    /**
     * Writes an object as a body.
     *
     * @param object null gives null, which is no body
     * @throws IllegalArgumentException if it cannot be written, for example because it contains itself
     */
    public static byte @Nullable [] encode(@Nullable Object object) {
        if (object == null) {
            return null;
        }
        try (JSONWriter writer = write(object, false)) {
            return writer.getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            throw unwritable(object, e);
        }
    }

    /**
     * Writes an object as text.
     *
     * @param object null gives null
     * @param prettyFormat whether to break and indent lines, for people
     * @throws IllegalArgumentException if it cannot be written
     */
    public static @Nullable String toJson(@Nullable Object object, boolean prettyFormat) {
        if (object == null) {
            return null;
        }
        try (JSONWriter writer = write(object, prettyFormat)) {
            return writer.toString();
        } catch (RuntimeException e) {
            throw unwritable(object, e);
        }
    }

    /**
     * Reads a body.
     *
     * @param data null or no bytes give null
     * @throws IllegalArgumentException if it is not one JSON value that fits the class
     */
    public static <T> @Nullable T decode(byte @Nullable [] data, Class<T> type) {
        if (data == null || data.length == 0) {
            return null;
        }
        checkOutline(data, type);
        JSONReader.Context context = new JSONReader.Context(READERS);
        context.setMaxLevel(MAX_DEPTH);
        try (JSONReader reader = JSONReader.of(data, context)) {
            T value = reader.read(type);
            if (!reader.isEnd()) {
                throw unreadable(type, "there is something behind the value", null);
            }
            return value;
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unreadable(type, e.getClass().getSimpleName(), e);
        }
    }

    /**
     * Reads an object from text.
     *
     * @param json null or empty gives null
     * @throws IllegalArgumentException if it is not one JSON value that fits the class
     */
    public static <T> @Nullable T fromJson(@Nullable String json, Class<T> type) {
        return json == null ? null : decode(json.getBytes(StandardCharsets.UTF_8), type);
    }

    /** {@return this object as a body} */
    public byte[] encode() {
        try (JSONWriter writer = write(this, false)) {
            return writer.getBytes(StandardCharsets.UTF_8);
        } catch (RuntimeException e) {
            throw unwritable(this, e);
        }
    }

    /** {@return this object as text without white space} */
    public String toJson() {
        return toJson(false);
    }

    /** {@return this object as text} */
    public String toJson(boolean prettyFormat) {
        try (JSONWriter writer = write(this, prettyFormat)) {
            return writer.toString();
        } catch (RuntimeException e) {
            throw unwritable(this, e);
        }
    }

    private static JSONWriter write(Object object, boolean prettyFormat) {
        JSONWriter.Context context =
                new JSONWriter.Context(WRITERS, JSONWriter.Feature.WriteNonStringKeyAsString, JSONWriter.Feature.WriteEnumsUsingName);
        context.config(JSONWriter.Feature.PrettyFormat, prettyFormat);
        JSONWriter writer = JSONWriter.ofUTF8(context);
        boolean complete = false;
        try {
            writer.setRootObject(object);
            writer.writeAny(object);
            complete = true;
            return writer;
        } finally {
            if (!complete) {
                writer.close();
            }
        }
    }

    /**
     * One linear look at the body before the library parses it. The library skips unknown values by recursion without a limit,
     * so the depth must be known before; and for strings to be where we think they are, what it takes beyond JSON (single
     * quotes, comments, escapes in bare names) must go.
     */
    private static void checkOutline(byte[] data, Class<?> type) {
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < data.length; i++) {
            byte b = data[i];
            if (inString) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    inString = false;
                }
                continue;
            }
            switch (b) {
                case '"' -> inString = true;
                case '{', '[' -> {
                    if (++depth > MAX_DEPTH) {
                        throw unreadable(type, "nested deeper than " + MAX_DEPTH, null);
                    }
                }
                case '}', ']' -> depth--;
                case '\'', '/', '\\' -> throw unreadable(type, "a character that is no JSON outside of strings", null);
                default -> {
                    // Left to the parser.
                }
            }
        }
    }

    private static IllegalArgumentException unreadable(Class<?> type, String why, @Nullable Throwable cause) {
        return new IllegalArgumentException("no JSON for a " + type.getName() + ": " + why, cause);
    }

    private static IllegalArgumentException unwritable(Object object, RuntimeException cause) {
        return new IllegalArgumentException("a " + object.getClass().getName() + " cannot be written as JSON", cause);
    }
}
