package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one class of custom headers becomes ext fields and back (PROTOCOL section 5). The only reflection in the library; done
 * once per class, afterwards method handles. Immutable and thread-safe.
 *
 * <p>Writing follows RocketMQ. Reading is strict where RocketMQ logs and goes on: a required field that is missing, a value
 * that is not of the field's type, and a field of a type that cannot be read are errors, and the required fields are looked for
 * even if there are no ext fields.
 */
final class CustomHeaderMapping {
    private static final ClassValue<CustomHeaderMapping> MAPPINGS = new ClassValue<>() {
        @Override
        protected CustomHeaderMapping computeValue(Class<?> type) {
            return new CustomHeaderMapping(type);
        }
    };

    private static final int QUOTED_LENGTH = 64;

    private final Class<?> type;
    private final @Nullable MethodHandle constructor;
    private final HeaderField[] fields;
    private final boolean fitsFrame;

    /** A bit for each field that must not be missing, of the first 64. */
    private final long requiredFields;

    /**
     * {@return the mapping of a class, made at its first use} Throws unchecked exceptions if the class is closed to reflection.
     */
    static CustomHeaderMapping of(Class<? extends CommandCustomHeader> type) {
        return MAPPINGS.get(type);
    }

    private CustomHeaderMapping(Class<?> type) {
        this.type = type;
        this.constructor = constructorOf(type);
        this.fields = fieldsOf(type);
        this.fitsFrame = fields.length <= RemotingCommand.MAX_EXT_FIELDS
                && Arrays.stream(fields).allMatch(field -> field.binaryName.length <= PackedExtFields.KEY_LENGTH + Short.MAX_VALUE);
        this.requiredFields = requiredOf(fields);
    }

    private static @Nullable MethodHandle constructorOf(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return null;
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return MethodHandles.lookup().unreflectConstructor(constructor).asType(MethodType.methodType(Object.class));
        } catch (NoSuchMethodException e) {
            // Such a class can be written, only not read.
            return null;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("accessible constructor refused: " + type.getName(), e);
        }
    }

    private static long requiredOf(HeaderField[] fields) {
        long required = 0;
        for (int i = 0; i < Math.min(Long.SIZE, fields.length); i++) {
            required |= fields[i].required ? 1L << i : 0;
        }
        return required;
    }

    private static HeaderField[] fieldsOf(Class<?> type) {
        List<HeaderField> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Class<?> declaring = type; declaring != null && declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic() && names.add(field.getName())) {
                    fields.add(HeaderField.of(field));
                }
            }
        }
        return fields.toArray(new HeaderField[0]);
    }

    /** {@return the fields, in the order in which they are written; not to be changed} */
    HeaderField[] fields() {
        return fields;
    }

    /** {@return whether every header of this class fits a frame, by the number and the names of its fields} */
    boolean fitsFrame() {
        return fitsFrame;
    }

    /**
     * Makes an empty header.
     *
     * @throws RemotingCommandException if the class has no usable constructor without arguments
     */
    CommandCustomHeader newInstance() throws RemotingCommandException {
        MethodHandle handle = constructor;
        if (handle == null) {
            throw new RemotingCommandException("header class " + type.getName() + " has no constructor without arguments");
        }
        try {
            return (CommandCustomHeader) (Object) handle.invokeExact();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new RemotingCommandException("header class " + type.getName() + " cannot be instantiated", e);
        }
    }

    /** Puts each field that is not null into the map, over what is there. */
    void write(CommandCustomHeader header, Map<String, String> extFields) {
        for (HeaderField field : fields) {
            String text = field.getText(header);
            if (text != null) {
                extFields.put(field.name, text);
            }
        }
    }

    /**
     * Makes a header and fills it, then lets it check itself.
     *
     * @param extFields null is the same as empty
     * @throws RemotingCommandException naming class, field and value, if the fields are not what the class wants
     */
    CommandCustomHeader read(@Nullable Map<String, String> extFields) throws RemotingCommandException {
        CommandCustomHeader header = newInstance();
        for (HeaderField field : fields) {
            String text = extFields == null ? null : extFields.get(field.name);
            if (text != null) {
                set(header, field, text);
            } else if (field.required) {
                throw failure("required field <" + field.name + "> is missing");
            }
        }
        header.checkFields();
        return header;
    }

    /** Does the same with {@link PackedExtFields}, without making a map or strings that are not kept. */
    CommandCustomHeader read(byte[] packed) throws RemotingCommandException {
        CommandCustomHeader header = newInstance();
        if (!fill(header, packed)) {
            return read(PackedExtFields.toMap(packed));
        }
        header.checkFields();
        return header;
    }

    /**
     * Fills a header in one pass.
     *
     * @return false if anything is wrong or unusual, such as a field that appears twice; the map then tells what
     */
    private boolean fill(CommandCustomHeader header, byte[] packed) {
        if (fields.length > Long.SIZE) {
            return false;
        }
        long seen = 0;
        int next = 0;
        int at = 0;
        while (at < packed.length) {
            int valueAt = PackedExtFields.valueAt(packed, at);
            int valueEnd = PackedExtFields.valueEnd(packed, valueAt);
            int index = indexOf(packed, at, valueAt, next);
            if (index >= 0) {
                long bit = 1L << index;
                if ((seen & bit) != 0 || !fields[index].setText(header, packed, valueAt + PackedExtFields.VALUE_LENGTH, valueEnd)) {
                    return false;
                }
                seen |= bit;
                next = index + 1;
            }
            at = valueEnd;
        }
        return (requiredFields & ~seen) == 0;
    }

    /** {@return which field has the name between these places, -1 if none has} It is probably the one with the number {@code guess}. */
    private int indexOf(byte[] packed, int at, int valueAt, int guess) {
        if (guess < fields.length && PackedExtFields.isName(packed, at, valueAt, fields[guess].binaryName)) {
            return guess;
        }
        for (int i = 0; i < fields.length; i++) {
            if (PackedExtFields.isName(packed, at, valueAt, fields[i].binaryName)) {
                return i;
            }
        }
        return -1;
    }

    private void set(CommandCustomHeader header, HeaderField field, String text) throws RemotingCommandException {
        if (!field.isReadable()) {
            String kind = (field.isFinal() ? "final " : "") + field.type.getName();
            throw failure("field <" + field.name + "> of " + kind + " cannot be read, value <" + quoted(text) + ">");
        }
        if (!field.setText(header, text)) {
            throw failure("field <" + field.name + "> of " + field.type.getName() + " cannot be <" + quoted(text) + ">");
        }
    }

    private RemotingCommandException failure(String what) {
        return new RemotingCommandException("header class " + type.getName() + ": " + what);
    }

    /** Enough of a value to recognise it; it may have come from anybody, and be long. */
    private static String quoted(String text) {
        return text.length() <= QUOTED_LENGTH ? text : text.substring(0, QUOTED_LENGTH) + "...";
    }
}
