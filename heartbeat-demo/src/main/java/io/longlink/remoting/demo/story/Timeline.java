package io.longlink.remoting.demo.story;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.AddressStateListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what a run shows: latencies and throughput over time, the states of connections, what happened to servers, and the story. Its
 * memory is bounded whatever the length of the run and however many the clients. Thread-safe.
 */
public final class Timeline {

    /** What kind a message is, as far as it matters for how long it takes. */
    public enum Kind {
        /** Answered at once. */
        TWO_WAY,
        /** Answered when the server has committed it. */
        DURABLE,
        /** Never answered: it ends when it is written. */
        ONE_WAY
    }

    static final int MAX_CONNECTIONS = 512;
    static final int MAX_TOLD = 2_000;
    private static final int MAX_MARKS = 1_000;
    private static final int MAX_COUNTS = 20;
    private static final int MAX_STRETCHES = 1_000;

    private final LongSupplier clock;

    /** Guards everything below, for microseconds at a time; nothing is called under it that waits or calls back. */
    private final Object lock = new Object();

    private final MessageCells cells = new MessageCells();
    private final Map<Key, Connection> connections = new LinkedHashMap<>();
    private final Map<String, String> servers = new HashMap<>();
    private final List<TimedMark> marks = new ArrayList<>();
    private final List<Picture.Counts> counts = new ArrayList<>();
    private final List<TimedSentence> told = new ArrayList<>();
    private int moreConnections;
    private long moreTold;
    private JsonObject parameters = new JsonObject();
    private long beganNanos;
    private Instant began;
    private long latestNanos;

    private record Key(String client, String address) {}

    private record TimedMark(long atNanos, String server, String what, boolean back) {}

    private record TimedSentence(long atNanos, String event, String sentence) {}

    /** A timeline that begins now. */
    public Timeline() {
        this(System::nanoTime);
    }

    Timeline(LongSupplier clock) {
        this.clock = clock;
        beganNanos = clock.getAsLong();
        latestNanos = beganNanos;
        began = Instant.now();
    }

    /**
     * Messages begin to flow: this is 0 from now on. To be called before the first of them.
     *
     * @param how the run's parameters, defaults included
     */
    public void begin(JsonObject how) {
        synchronized (lock) {
            parameters = how;
            beganNanos = clock.getAsLong();
            latestNanos = Math.max(latestNanos, beganNanos);
            began = Instant.now();
        }
    }

    /** What people call an address. */
    public void name(String address, String server) {
        synchronized (lock) {
            servers.put(address, server);
        }
    }

    /**
     * Announces a client and where it is going to connect to.
     *
     * @return where it says what happens to it
     */
    public Client client(String name, List<String> addresses) {
        synchronized (lock) {
            for (String address : addresses) {
                if (connection(name, address) == null) {
                    moreConnections++;
                }
            }
        }
        return new Client(name);
    }

    /** A server goes, of its own will or not; {@code how} in a word or two. */
    public void serverLeaves(String server, String how) {
        mark(server, how, false);
    }

    /** A server is there again. */
    public void serverBack(String server) {
        mark(server, "back", true);
    }

    private void mark(String server, String what, boolean back) {
        synchronized (lock) {
            if (marks.size() < MAX_MARKS) {
                marks.add(new TimedMark(now(), server, what, back));
            }
        }
    }

    /**
     * Adds a picture of its own of something that was counted; of the first 1,000 stretches.
     *
     * @param title what was counted, in words
     * @param widthMillis of each stretch of time
     */
    public void counted(String title, long widthMillis, long... perStretch) {
        synchronized (lock) {
            if (counts.size() < MAX_COUNTS) {
                counts.add(new Picture.Counts(title, widthMillis, Arrays.stream(perStretch).limit(MAX_STRETCHES).boxed().toList()));
            }
        }
    }

    /** A sentence of the story, however many lines it has; nothing if it has none, because then it is for machines only. */
    void told(String event, String sentence) {
        synchronized (lock) {
            if (sentence.isBlank()) {
                return;
            }
            if (told.size() < MAX_TOLD) {
                told.add(new TimedSentence(clock.getAsLong(), event, sentence));
            } else {
                moreTold++;
            }
        }
    }

    /** How every connection stands now, in the order in which they were announced. */
    public List<Row> rows() {
        synchronized (lock) {
            long nowNanos = clock.getAsLong();
            List<Row> rows = new ArrayList<>(connections.size());
            connections.forEach((key, connection) -> rows.add(connection.row(key.client, server(key), key.address, nowNanos)));
            return rows;
        }
    }

    /** Connections beyond those that have rows. */
    public int moreRows() {
        synchronized (lock) {
            return moreConnections;
        }
    }

    /** Everything until now. */
    public Picture picture() {
        synchronized (lock) {
            List<Picture.Band> bands = new ArrayList<>();
            connections.forEach((key, connection) -> bands.add(connection.band(key.client, server(key), key.address, this::millis)));
            return new Picture(
                    began,
                    parameters.toString(),
                    millis(latestNanos),
                    cells.widthMillis(),
                    cells.cells(),
                    bands,
                    moreConnections,
                    marks.stream().map(m -> new Picture.Mark(millis(m.atNanos), m.server, m.what, m.back)).toList(),
                    counts,
                    told.stream().map(t -> new Picture.Told(millis(t.atNanos), t.event, t.sentence)).toList(),
                    moreTold);
        }
    }

    private String server(Key key) {
        return servers.getOrDefault(key.address, key.address);
    }

    private long millis(long nanos) {
        return Math.floorDiv(nanos - beganNanos, TimeUnit.MILLISECONDS.toNanos(1));
    }

    /** The time of something that is to be in the picture. */
    private long now() {
        latestNanos = Math.max(latestNanos, clock.getAsLong());
        return latestNanos;
    }

    /** A connection that is remembered, or {@code null}: there is no room for more. */
    private @Nullable Connection connection(String client, String address) {
        Key key = new Key(client, address);
        Connection known = connections.get(key);
        if (known == null && connections.size() < MAX_CONNECTIONS) {
            known = new Connection();
            connections.put(key, known);
        }
        return known;
    }

    /** Where one client says what happens to it. Thread-safe. */
    public final class Client implements AddressStateListener {
        private final String name;

        private Client(String name) {
            this.name = name;
        }

        @Override
        public void onAddressState(String address, AddressState before, AddressState after) {
            synchronized (lock) {
                Connection connection = connection(name, address);
                if (connection != null) {
                    // That connections end after everything else does not make the run longer.
                    connection.changed(after == AddressState.SHUTDOWN ? clock.getAsLong() : now(), after);
                }
            }
        }

        /** A message is about to be sent that was due then, on {@link System#nanoTime()}. */
        public void sent(String address, long dueNanos) {
            synchronized (lock) {
                cells.due(dueNanos - beganNanos);
                Connection connection = connection(name, address);
                if (connection != null) {
                    connection.inFlight++;
                }
            }
        }

        /** A message that was due then has been answered or, if it is one-way, written. */
        public void ended(String address, Kind kind, long dueNanos) {
            synchronized (lock) {
                long nowNanos = now();
                cells.ended(kind, dueNanos - beganNanos, nowNanos - beganNanos);
                Connection connection = connection(name, address);
                if (connection != null) {
                    connection.inFlight--;
                    if (kind == Kind.TWO_WAY) {
                        connection.answered(nowNanos, Math.max(0, nowNanos - dueNanos) / 1_000);
                    }
                }
            }
        }

        /** A message has failed. */
        public void failed(String address) {
            synchronized (lock) {
                cells.failed(now() - beganNanos);
                Connection connection = connection(name, address);
                if (connection != null) {
                    connection.inFlight--;
                    connection.failed++;
                }
            }
        }

        /** A heartbeat has been accepted. */
        public void beat(String address) {
            synchronized (lock) {
                Connection connection = connection(name, address);
                if (connection != null) {
                    connection.beat(clock.getAsLong());
                }
            }
        }
    }
}
