package io.longlink.remoting.client.heartbeat;

import io.longlink.remoting.RemotingHelper;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the names of a table looked up, and answers whether somebody is one of its brokers as soon as that can be said. Everything but the
 * looking up itself: beat thread only.
 */
final class NameLookups {

    /** Finds the addresses of a name; blocks. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] lookUp(String host) throws UnknownHostException;
    }

    /** How long the answer to {@link #whenKnown} waits for names. */
    static final long PATIENCE_MILLIS = 1_000;

    private static final Logger log = LoggerFactory.getLogger(NameLookups.class);

    /** Somebody who asked before all names had been looked up once. */
    private final class Question {
        private final String text;
        private final @Nullable SocketAddress address;
        private final Consumer<Boolean> answer;
        private Runnable giveUp = () -> {};

        Question(String text, @Nullable SocketAddress address, Consumer<Boolean> answer) {
            this.text = text;
            this.address = address;
            this.answer = answer;
        }

        void answerIf(boolean last) {
            boolean broker = isBroker(text, address);
            if ((broker || last) && questions.remove(this)) {
                giveUp.run();
                answer.accept(broker);
            }
        }
    }

    private final BrokerAddressTable table;
    private final BeatThread thread;
    private final Resolver resolver;
    private final Runnable onFound;
    private final Set<String> underWay = new HashSet<>();
    private final Set<String> lookedUp = new HashSet<>();
    private final List<Question> questions = new ArrayList<>();

    /** @param onFound called when a name was found to mean something else than before */
    NameLookups(BrokerAddressTable table, BeatThread thread, Resolver resolver, Runnable onFound) {
        this.table = table;
        this.thread = thread;
        this.resolver = resolver;
        this.onFound = onFound;
    }

    /** Whether a connection is one to a broker of the table, as far as is known: by the very text it was asked for, or by its address. */
    boolean isBroker(String text, @Nullable SocketAddress address) {
        return table.addresses().contains(text) || !table.brokersBehind(address).isEmpty();
    }

    /** Answers {@link #isBroker}, now or when the names that were not looked up yet are, or when that takes too long. */
    void whenKnown(String text, @Nullable SocketAddress address, Consumer<Boolean> answer) {
        lookUpNew();
        boolean broker = isBroker(text, address);
        if (broker || lookedUp.containsAll(underWay)) {
            answer.accept(broker);
            return;
        }
        Question question = new Question(text, address, answer);
        questions.add(question);
        question.giveUp = thread.schedule(() -> question.answerIf(true), PATIENCE_MILLIS);
    }

    /** Looks up what never was. */
    void lookUpNew() {
        lookedUp.retainAll(table.addresses());
        for (String address : table.addresses()) {
            if (!lookedUp.contains(address)) {
                lookUp(address);
            }
        }
    }

    /** Looks up everything again; until a name is found, what it meant before counts. */
    void refresh() {
        table.addresses().forEach(this::lookUp);
    }

    private void lookUp(String text) {
        InetSocketAddress parsed = RemotingHelper.string2SocketAddress(text);
        if (!parsed.isUnresolved()) {
            lookedUp.add(text);
            return;
        }
        if (!underWay.add(text)) {
            return;
        }
        thread.executeSlow(() -> {
            Set<InetSocketAddress> found = new LinkedHashSet<>();
            try {
                for (InetAddress address : resolver.lookUp(parsed.getHostString())) {
                    found.add(new InetSocketAddress(address, parsed.getPort()));
                }
            } catch (UnknownHostException | RuntimeException e) {
                log.debug("cannot look {} up: {}", text, e.toString());
            } finally {
                thread.execute(() -> onLookedUp(text, found));
            }
        });
    }

    private void onLookedUp(String text, Set<InetSocketAddress> found) {
        underWay.remove(text);
        lookedUp.add(text);
        if (!found.isEmpty() && !found.equals(table.resolved().get(text))) {
            table.onResolved(text, found);
            onFound.run();
        }
        boolean last = lookedUp.containsAll(underWay);
        List.copyOf(questions).forEach(question -> question.answerIf(last));
    }
}
