package io.longlink.remoting.protocol;

import io.longlink.remoting.exception.RemotingCommandException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
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
    private final List<Property> properties;

    /**
     * {@return the mapping of a class, made at its first use} Throws unchecked exceptions if the class is closed to reflection.
     */
    static CustomHeaderMapping of(Class<? extends CommandCustomHeader> type) {
        return MAPPINGS.get(type);
    }

    private CustomHeaderMapping(Class<?> type) {
        this.type = type;
        this.constructor = constructorOf(type);
        this.properties = propertiesOf(type);
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

    private static List<Property> propertiesOf(Class<?> type) {
        List<Property> properties = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Class<?> declaring = type; declaring != null && declaring != Object.class; declaring = declaring.getSuperclass()) {
            for (Field field : declaring.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic() && names.add(field.getName())) {
                    properties.add(Property.of(field));
                }
            }
        }
        return List.copyOf(properties);
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
        for (Property property : properties) {
            Object value = property.get(header);
            if (value != null) {
                extFields.put(property.name, value instanceof Enum<?> constant ? constant.name() : value.toString());
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
        for (Property property : properties) {
            String text = extFields == null ? null : extFields.get(property.name);
            if (text != null) {
                property.set(header, valueOf(property, text));
            } else if (property.required) {
                throw failure("required field <" + property.name + "> is missing");
            }
        }
        header.checkFields();
        return header;
    }

    private Object valueOf(Property property, String text) throws RemotingCommandException {
        if (property.setter == null || property.kind == Kind.UNSUPPORTED) {
            String kind = (property.setter == null ? "final " : "") + property.type.getName();
            throw failure("field <" + property.name + "> of " + kind + " cannot be read, value <" + quoted(text) + ">");
        }
        Object value = property.kind.parse(text, property.type);
        if (value == null) {
            throw failure("field <" + property.name + "> of " + property.type.getName() + " cannot be <" + quoted(text) + ">");
        }
        return value;
    }

    private RemotingCommandException failure(String what) {
        return new RemotingCommandException("header class " + type.getName() + ": " + what);
    }

    /** Enough of a value to recognise it; it may have come from anybody, and be long. */
    private static String quoted(String text) {
        return text.length() <= QUOTED_LENGTH ? text : text.substring(0, QUOTED_LENGTH) + "...";
    }

    /** The types that can be read. */
    private enum Kind {
        STRING,
        INT,
        LONG,
        BOOLEAN,
        DOUBLE,
        ENUM,
        UNSUPPORTED;

        static Kind of(Class<?> type) {
            if (type == String.class) {
                return STRING;
            } else if (type == int.class || type == Integer.class) {
                return INT;
            } else if (type == long.class || type == Long.class) {
                return LONG;
            } else if (type == boolean.class || type == Boolean.class) {
                return BOOLEAN;
            } else if (type == double.class || type == Double.class) {
                return DOUBLE;
            }
            return type.isEnum() ? ENUM : UNSUPPORTED;
        }

        /** The value of a text, null if it is none of this kind. */
        @Nullable Object parse(String text, Class<?> type) {
            try {
                return switch (this) {
                    case STRING -> text;
                    case INT -> isNumber(text) ? Integer.valueOf(text) : null;
                    case LONG -> isNumber(text) ? Long.valueOf(text) : null;
                    case DOUBLE -> isDouble(text) ? Double.valueOf(text) : null;
                    case BOOLEAN -> "true".equalsIgnoreCase(text) ? Boolean.TRUE : "false".equalsIgnoreCase(text) ? Boolean.FALSE : null;
                    case ENUM -> constant(text, type);
                    case UNSUPPORTED -> null;
                };
            } catch (NumberFormatException e) {
                return null;
            }
        }

        /** Java's own parser also takes a plus sign and the digits of other scripts. */
        private static boolean isNumber(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if ((c < '0' || c > '9') && (c != '-' || i != 0)) {
                    return false;
                }
            }
            return true;
        }

        /**
         * What {@code Double.toString} can produce and plain decimals; Java's own parser also takes blanks, type suffixes and
         * hex.
         */
        private static boolean isDouble(String text) {
            if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
                return true;
            }
            for (int i = 0; i < text.length(); i++) {
                if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                    return false;
                }
            }
            return true;
        }

        private static @Nullable Object constant(String text, Class<?> type) {
            for (Object constant : type.getEnumConstants()) {
                if (((Enum<?>) constant).name().equalsIgnoreCase(text)) {
                    return constant;
                }
            }
            return null;
        }
    }

    /** One field. */
    private static final class Property {
        final String name;
        final Class<?> type;
        final Kind kind;
        final boolean required;
        /** (Object)Object. */
        private final MethodHandle getter;
        /** (Object,Object)void; null if the field is final. */
        final @Nullable MethodHandle setter;

        private Property(Field field, MethodHandle getter, @Nullable MethodHandle setter) {
            this.name = field.getName();
            this.type = field.getType();
            this.kind = Kind.of(field.getType());
            this.required = field.isAnnotationPresent(CFNotNull.class);
            this.getter = getter;
            this.setter = setter;
        }

        static Property of(Field field) {
            try {
                field.setAccessible(true);
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                MethodHandle getter = lookup.unreflectGetter(field).asType(MethodType.methodType(Object.class, Object.class));
                MethodHandle setter = Modifier.isFinal(field.getModifiers())
                        ? null
                        : lookup.unreflectSetter(field).asType(MethodType.methodType(void.class, Object.class, Object.class));
                return new Property(field, getter, setter);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("accessible field refused: " + field, e);
            }
        }

        @Nullable Object get(Object header) {
            try {
                return getter.invokeExact(header);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        void set(Object header, Object value) {
            MethodHandle handle = setter;
            if (handle == null) {
                throw new IllegalStateException("field <" + name + "> is final");
            }
            try {
                handle.invokeExact(header, value);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        /** Field access runs no foreign code, so only our own mistakes and errors of the JVM end here. */
        private IllegalStateException unexpected(Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            return new IllegalStateException("access to field <" + name + "> failed", e);
        }
    }
}
