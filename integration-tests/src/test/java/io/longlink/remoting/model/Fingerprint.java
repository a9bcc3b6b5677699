package io.longlink.remoting.model;

import io.longlink.remoting.internal.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.collection.IntObjectMap;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.internal.PriorityQueue;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What decides how a world goes on, as one number of 128 bits: the fields of everything that can be reached from it, in the model and in the
 * library, with references as "seen before, as number so and so". Two worlds with the same one are taken for the same world.
 *
 * <p>Not looked at, because it decides nothing here: settings, hooks, processors, thread pools, counters, random numbers, the ids of
 * channels, the decoder (frames arrive whole), and the limit of connections (there is none). When a call was begun is not looked at either:
 * the order of the calls in a scenario is fixed. Nor is the number under which a call came to its line: its place there says as much. Of
 * Netty's channels it sees what {@link ModelChannel} adds, and what waits to be written.
 */
final class Fingerprint {
    private static final Set<String> OPAQUE = Set.of(
            "io.longlink.remoting.internal.Counters",
            "io.longlink.remoting.internal.OwnThreads",
            "io.longlink.remoting.internal.RemotingEndpoint",
            "io.longlink.remoting.internal.EndpointSettings",
            "io.longlink.remoting.internal.LivenessSettings",
            "io.longlink.remoting.netty.NettyDecoder",
            "io.longlink.remoting.client.ClientSettings",
            "io.longlink.remoting.server.ConnectionLimit",
            "io.longlink.remoting.model.Scenario");
    private static final Set<String> UNSEEN = Set.of(
            "begunNanos", "lastFailure", "id", "queueIndex", "stepsTaken", "handle", "arrival", "arrivals", "usualBytes");

    /** What the library multiplies opaques by where they are keys, and what undoes it. */
    private static final int SPREAD = 0x9E3779B9;
    private static final int UNSPREAD = 0x144CBC89;

    private static final Set<String> OPAQUES = Set.of("opaque", "callersOpaque", "originalOpaque");
    private static final Pattern OPAQUE_IN_FRAME = Pattern.compile("\"opaque\":(-?\\d+)");
    private static final Pattern LENGTHS = Pattern.compile("\0\0..\0\0..");

    private final Map<Class<?>, Field[]> fields;
    private final Map<Integer, Integer> opaques = new HashMap<>();
    private final IdentityHashMap<Object, Integer> seen = new IdentityHashMap<>();
    private long a = 0x9E3779B97F4A7C15L;
    private long b = 0xC2B2AE3D27D4EB4FL;

    private Fingerprint(Map<Class<?>, Field[]> fields) {
        this.fields = fields;
    }

    /** Two halves of the number. */
    record Value(long high, long low) {}

    /** Makes fingerprints; keeps what it has learned of classes. Not thread-safe. */
    static final class Maker {
        private final Map<Class<?>, Field[]> fields = new HashMap<>();

        Value of(Object root) {
            Fingerprint print = new Fingerprint(fields);
            print.add(root);
            return new Value(print.a, print.b);
        }
    }

    private void mix(long value) {
        a = Long.rotateLeft((a ^ value) * 0x9E3779B97F4A7C15L, 29);
        b = (b + value) * 0xD6E8FEB86659FD93L;
        b ^= b >>> 32;
    }

    private void add(@Nullable Object value) {
        if (value == null) {
            mix(1);
        } else if (value instanceof Number || value instanceof Boolean || value instanceof Character || value instanceof String) {
            addNumber(value);
        } else if (value instanceof Enum<?> constant) {
            mix(constant.name().hashCode());
        } else if (value instanceof byte[] bytes) {
            addFrames(bytes);
        } else {
            addObject(value);
        }
    }

    /** Which number an opaque is says nothing; which others are equal to it does. */
    private void addOpaque(int opaque) {
        mix(opaques.computeIfAbsent(opaque, key -> opaques.size()) + 100L);
    }

    private void addFrames(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int from = 0;
        Matcher opaque = OPAQUE_IN_FRAME.matcher(text);
        while (opaque.find()) {
            // Without the number that stands before it: it may have more digits, and the length words tell.
            mix(lettersOf(text.substring(from, opaque.start())));
            addOpaque(Integer.parseInt(opaque.group(1)));
            from = opaque.end();
        }
        mix(lettersOf(text.substring(from)));
    }

    private static int lettersOf(String text) {
        // Length words are 0 0 n and a type byte: they begin with a control character, and say nothing new.
        return LENGTHS.matcher(text).replaceAll("").hashCode();
    }

    private void addNumber(Object value) {
        if (value instanceof LongAdder adder) {
            mix(adder.sum());
        } else if (value instanceof AtomicLong || value instanceof AtomicInteger) {
            mix(((Number) value).longValue());
        } else {
            mix(value instanceof Long || value instanceof Integer ? ((Number) value).longValue() : value.hashCode());
        }
    }

    private void addObject(Object value) {
        Integer number = seen.putIfAbsent(value, seen.size());
        if (number != null) {
            mix(number + 1_000L);
            return;
        }
        if (value instanceof Map<?, ?> map) {
            addMap(map);
        } else if (value instanceof Collection<?> collection) {
            addCollection(collection);
        } else if (value instanceof Object[] array) {
            addCollection(Arrays.asList(array));
        } else if (value instanceof Throwable failure) {
            mix(failure.getClass().getName().hashCode());
        } else if (value instanceof ChannelHandlerContext context) {
            add(context.channel());
        } else if (value instanceof DefaultPromise<?> promise) {
            mix(promise.isDone() ? promise.isSuccess() ? 3 : 4 : 5);
            addFields(value, DefaultPromise.class.getPackageName());
        } else if (value instanceof ByteBuf buffer) {
            addFrames(ByteBufUtil.getBytes(buffer));
        } else if (value instanceof ModelChannel channel) {
            addFields(channel, ModelChannel.class.getPackageName());
            mix(channel.isRegistered() ? 1 : 0);
            add(Connection.of(channel));
            add(channel.unsafe().outboundBuffer());
        } else if (isLookedInto(value.getClass())) {
            mix(value.getClass().getName().hashCode());
            addFields(value, "");
        }
    }

    private static boolean isLookedInto(Class<?> type) {
        String name = type.getName();
        return (name.startsWith("io.longlink.") || name.startsWith("io.netty.")) && !OPAQUE.contains(name)
                && !io.netty.util.concurrent.Ticker.class.isAssignableFrom(type)
                && !name.startsWith("io.netty.buffer.") && !name.startsWith("io.netty.channel.Default");
    }

    private void addMap(Map<?, ?> map) {
        mix(map.size());
        if (map instanceof IntObjectMap<?> byInt) {
            List<Integer> keys = new ArrayList<>();
            byInt.keySet().forEach(spread -> keys.add(spread * UNSPREAD));
            keys.sort(Comparator.comparing((Integer key) -> opaques.getOrDefault(key, Integer.MAX_VALUE)).thenComparing(key -> key));
            for (Integer key : keys) {
                addOpaque(key);
                add(byInt.get(key * SPREAD));
            }
            return;
        }
        map.forEach((key, value) -> {
            add(key);
            add(value);
        });
    }

    private void addCollection(Collection<?> collection) {
        List<Object> elements = new ArrayList<>(collection);
        if (collection instanceof Set<?> && !elements.isEmpty() && elements.get(0) instanceof Connection) {
            elements.sort(Comparator.comparing(connection -> portOf(((Connection) connection).channel())));
        }
        if (collection instanceof PriorityQueue<?>) {
            // A heap has no order of its own but this one.
            elements.sort(null);
        }
        mix(elements.size());
        elements.forEach(this::add);
    }

    private static int portOf(Channel channel) {
        return ((ModelChannel) channel).number();
    }

    private void addFields(Object value, String packageOnly) {
        for (Field field : fields.computeIfAbsent(value.getClass(), type -> fieldsOf(type, packageOnly))) {
            try {
                Class<?> type = field.getType();
                if (type == long.class) {
                    mix(field.getLong(value));
                } else if (type == int.class) {
                    if (OPAQUES.contains(field.getName())) {
                        addOpaque(field.getInt(value));
                    } else {
                        mix(field.getInt(value));
                    }
                } else if (type == boolean.class) {
                    mix(field.getBoolean(value) ? 1 : 0);
                } else {
                    add(field.get(value));
                }
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The fields of a class and its superclasses, of those in one package if that is said. */
    private static Field[] fieldsOf(Class<?> type, String packageOnly) {
        List<Field> all = new ArrayList<>();
        for (Class<?> at = type; at != null && at.getName().startsWith("io."); at = at.getSuperclass()) {
            if (packageOnly.isEmpty() || at.getPackageName().equals(packageOnly)) {
                for (Field field : at.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && !UNSEEN.contains(field.getName())) {
                        all.add(field);
                    }
                }
            }
        }
        Field[] found = all.toArray(new Field[0]);
        AccessibleObject.setAccessible(found, true);
        return found;
    }
}
