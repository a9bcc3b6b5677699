package io.longlink.remoting.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.longlink.remoting.AddressState;
import io.longlink.remoting.AddressStateListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AddressWatchersTest {
    private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
    private final List<String> heard = new ArrayList<>();
    private final AddressStateListener listener = (addr, before, after) -> heard.add(addr + ' ' + before + " to " + after);
    private final AddressWatchers watchers = new AddressWatchers(executor::add);

    private void runAll() {
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
    }

    @Test
    void change_isToldOnTheExecutor_notByTheOneWhoChanged() {
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        assertEquals(List.of(), heard);
        runAll();
        watchers.onState("a", AddressState.CONNECTING, AddressState.READY);
        runAll();
        assertEquals(List.of("a IDLE to CONNECTING", "a CONNECTING to READY"), heard);
    }

    @Test
    void changesThatWait_areToldAsOnePerAddress_andNotAtAllIfNothingChanged() {
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        watchers.onState("b", AddressState.READY, AddressState.BACKOFF);
        watchers.onState("c", AddressState.READY, AddressState.BACKOFF);
        watchers.onState("a", AddressState.CONNECTING, AddressState.READY);
        watchers.onState("c", AddressState.BACKOFF, AddressState.CONNECTING);
        watchers.onState("c", AddressState.CONNECTING, AddressState.READY);
        assertEquals(1, executor.size());
        runAll();
        assertEquals(List.of("b READY to BACKOFF", "a IDLE to READY"), heard);
    }

    @Test
    void changeDuringTheTelling_isToldBehindIt_byTheSameTask() {
        watchers.add((addr, before, after) -> {
            if (after == AddressState.CONNECTING) {
                watchers.onState("a", AddressState.CONNECTING, AddressState.READY);
            }
        });
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        executor.remove().run();
        assertEquals(List.of("a IDLE to CONNECTING", "a CONNECTING to READY"), heard);
        assertEquals(0, executor.size());
    }

    @Test
    void listenerThatThrows_keepsNobodyFromHearing() {
        watchers.add((addr, before, after) -> {
            throw new AssertionError("announced");
        });
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        watchers.onState("b", AddressState.IDLE, AddressState.CONNECTING);
        runAll();
        assertEquals(List.of("a IDLE to CONNECTING", "b IDLE to CONNECTING"), heard);
    }

    @Test
    void listener_whoseFailureCannotBeLogged_keepsNobodyFromHearing() {
        watchers.add((addr, before, after) -> {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new IllegalStateException("no words");
                }
            };
        });
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        runAll();
        watchers.onState("b", AddressState.IDLE, AddressState.CONNECTING);
        runAll();
        assertEquals(List.of("a IDLE to CONNECTING", "b IDLE to CONNECTING"), heard);
    }

    @Test
    void listenerThatRemovesItself_orAddsAnother_changesWhoHearsTheNextChange() {
        watchers.add(new AddressStateListener() {
            @Override
            public void onAddressState(String addr, AddressState before, AddressState after) {
                heard.add("once " + addr);
                watchers.remove(this);
                watchers.add(listener);
            }
        });
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        watchers.onState("b", AddressState.IDLE, AddressState.CONNECTING);
        runAll();
        assertEquals(List.of("once a", "b IDLE to CONNECTING"), heard);
    }

    @Test
    void listenerRemovedByAnother_whileTheyAreTold_hearsNothingMore() {
        watchers.add((addr, before, after) -> watchers.remove(listener));
        watchers.add(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        runAll();
        assertEquals(List.of(), heard);
    }

    @Test
    void listenerReplaced_whileAChangeWaits_doesNotBelieveWhatIsOver() {
        AddressStateListener first = (addr, before, after) -> heard.add("the first one");
        watchers.add(first);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        watchers.remove(first);
        watchers.onState("a", AddressState.CONNECTING, AddressState.READY);
        watchers.add(listener);
        runAll();
        assertEquals(List.of(), heard, "it was so before it came");

        watchers.onState("a", AddressState.READY, AddressState.BACKOFF);
        runAll();
        assertEquals(List.of("a READY to BACKOFF"), heard);
    }

    @Test
    void nobody_cannotListen() {
        assertThrows(NullPointerException.class, () -> watchers.add(null));
    }

    @Test
    void executorThatWasFullOnce_tellsWithTheNextChange() {
        AtomicReference<Error> broken = new AtomicReference<>(new OutOfMemoryError("announced"));
        AtomicReference<RuntimeException> full = new AtomicReference<>(new RejectedExecutionException("announced"));
        AddressWatchers busy = new AddressWatchers(task -> {
            if (full.get() != null) {
                throw full.getAndSet(null);
            }
            if (broken.get() != null) {
                throw broken.getAndSet(null);
            }
            executor.add(task);
        });
        busy.add(listener);
        busy.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        busy.onState("b", AddressState.IDLE, AddressState.CONNECTING);
        busy.onState("a", AddressState.CONNECTING, AddressState.READY);
        runAll();
        assertEquals(List.of("b IDLE to CONNECTING", "a IDLE to READY"), heard);
    }

    @Test
    void listenerThatWasRemoved_hearsNothing() {
        watchers.add(listener);
        watchers.remove(listener);
        watchers.onState("a", AddressState.IDLE, AddressState.CONNECTING);
        assertEquals(0, executor.size());
    }

    @Test
    void executorThatHasEnded_isNoProblemOfTheSlot() {
        AddressWatchers ended = new AddressWatchers(task -> {
            throw new RejectedExecutionException("ended");
        });
        ended.add(listener);
        ended.onState("a", AddressState.READY, AddressState.SHUTDOWN);
        assertEquals(List.of(), heard);
    }
}
