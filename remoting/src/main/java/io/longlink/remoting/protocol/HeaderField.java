package io.longlink.remoting.protocol;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One field of a class of custom headers: how it is named on the wire, and how it is read from an object and set, through method
 * handles. Whole numbers pass as {@code long}, so that a primitive field is never boxed. Immutable and thread-safe.
 */
final class HeaderField {
    /** How much of a {@link #jsonName} belongs to the value before it. */
    static final int JSON_SEPARATOR_LENGTH = 2;

    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    final String name;
    final Class<?> type;
    final boolean required;

    /** The key of a binary header, its length included. */
    final byte[] binaryName;

    /** The key of a JSON header, from the end of the value before it to the beginning of its own: <code>","name":"</code>. */
    final byte[] jsonName;

    /** Whether the field is a primitive whole number. */
    final boolean isWhole;

    private final HeaderFieldKind kind;

    /** (Object)long if the field is a primitive whole number, else (Object)Object. */
    private final MethodHandle getter;

    /** (Object,long)void if the field is a primitive whole number, else (Object,Object)void; null if the field is final. */
    private final @Nullable MethodHandle setter;

    private HeaderField(Field field, MethodHandle getter, @Nullable MethodHandle setter) {
        this.name = field.getName();
        this.type = field.getType();
        this.required = field.isAnnotationPresent(CFNotNull.class);
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        this.binaryName = PackedExtFields.name(key);
        // Nothing that a Java name may have needs an escape.
        this.jsonName = ("\",\"" + name + "\":\"").getBytes(StandardCharsets.UTF_8);
        this.isWhole = isWhole(type);
        this.kind = HeaderFieldKind.of(type);
        this.getter = getter;
        this.setter = setter;
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class || type == long.class || type == short.class || type == byte.class;
    }

    static HeaderField of(Field field) {
        try {
            field.setAccessible(true);
            Class<?> carrier = isWhole(field.getType()) ? long.class : Object.class;
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle getter = lookup.unreflectGetter(field).asType(MethodType.methodType(carrier, Object.class));
            MethodHandle setter = Modifier.isFinal(field.getModifiers())
                    ? null
                    : MethodHandles.explicitCastArguments(
                            lookup.unreflectSetter(field), MethodType.methodType(void.class, Object.class, carrier));
            return new HeaderField(field, getter, setter);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("accessible field refused: " + field, e);
        }
    }

    // ---------------------------------------------------------------------------------------------------------------- writing

    /** The value of a primitive whole number. */
    long getWhole(Object header) {
        try {
            return (long) getter.invokeExact(header);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The value of any other field. */
    @Nullable Object get(Object header) {
        try {
            return getter.invokeExact(header);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@return the value as text, null if there is none} */
    @Nullable String getText(Object header) {
        if (isWhole) {
            return Long.toString(getWhole(header));
        }
        Object value = get(header);
        return value == null ? null : text(value);
    }

    /** {@return a value as it travels} */
    static String text(Object value) {
        if (value instanceof String text) {
            return text;
        }
        return value instanceof Enum<?> constant ? constant.name() : value.toString();
    }

    // ---------------------------------------------------------------------------------------------------------------- reading

    /** {@return whether {@link #setText} can work} */
    boolean isReadable() {
        return setter != null && kind != HeaderFieldKind.UNSUPPORTED;
    }

    boolean isFinal() {
        return setter == null;
    }

    /** {@return false if the text is no value of the field's type} */
    boolean setText(Object header, String text) {
        Object value = kind.parse(text, type);
        if (value == null) {
            return false;
        }
        if (isWhole) {
            setWhole(header, ((Number) value).longValue());
        } else {
            set(header, value);
        }
        return true;
    }

    /**
     * Sets the field to the value that UTF-8 bytes are the text of. Ordinary numbers, {@code true} and {@code false} become no
     * string on the way.
     *
     * @return false if that cannot be
     */
    boolean setText(Object header, byte[] bytes, int from, int to) {
        if (!isReadable()) {
            return false;
        }
        boolean done = switch (kind) {
            case INT, LONG -> DecimalText.isPlain(bytes, from, to) && setNumber(header, DecimalText.parse(bytes, from, to));
            case BOOLEAN -> setBoolean(header, bytes, from, to);
            default -> false;
        };
        return done || setText(header, PackedExtFields.text(bytes, from, to));
    }

    private boolean setNumber(Object header, long number) {
        if (kind == HeaderFieldKind.INT && number != (int) number) {
            return false;
        }
        if (isWhole) {
            setWhole(header, number);
        } else if (kind == HeaderFieldKind.INT) {
            set(header, (int) number);
        } else {
            set(header, number);
        }
        return true;
    }

    private boolean setBoolean(Object header, byte[] bytes, int from, int to) {
        boolean value = Arrays.equals(bytes, from, to, TRUE, 0, TRUE.length);
        if (!value && !Arrays.equals(bytes, from, to, FALSE, 0, FALSE.length)) {
            return false;
        }
        set(header, value);
        return true;
    }

    private void setWhole(Object header, long value) {
        try {
            settable().invokeExact(header, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private void set(Object header, Object value) {
        try {
            settable().invokeExact(header, value);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private MethodHandle settable() {
        MethodHandle handle = setter;
        if (handle == null) {
            throw new IllegalStateException("field <" + name + "> is final");
        }
        return handle;
    }

    /** Field access runs no foreign code, so only our own mistakes and errors of the JVM end here. */
    private IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("access to field <" + name + "> failed", e);
    }
}
