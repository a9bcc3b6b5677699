package io.longlink.remoting.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.longlink.remoting.RPCHook;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HookChainTest {
    private final HookChain chain = new HookChain();
    private final List<String> called = new ArrayList<>();
    private final RemotingCommand request = RemotingCommand.createRequestCommand(7, null);
    private final RemotingCommand response = RemotingCommand.createResponseCommand(0, null);

    private RPCHook hook(String name) {
        return new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand command) {
                called.add(name + " before " + remoteAddr);
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {
                called.add(name + " after " + remoteAddr);
            }
        };
    }

    private static RPCHook failing() {
        return new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand command) {
                throw new IllegalStateException("no");
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {
                throw new IllegalStateException("no");
            }
        };
    }

    @Test
    void hooks_runInTheirOrder_eachOnce_nullIgnored() throws Exception {
        RPCHook a = hook("a");
        chain.add(a);
        chain.add(hook("b"));
        chain.add(a);
        chain.add(null);
        chain.beforeCall("p", request);
        chain.afterCall("p", request, response);
        assertEquals(List.of("a before p", "b before p", "a after p", "b after p"), called);
    }

    @Test
    void clear_leavesNobodyToAsk() throws Exception {
        assertTrue(chain.isEmpty());
        chain.add(hook("a"));
        assertFalse(chain.isEmpty());
        chain.clear();
        assertTrue(chain.isEmpty());
        chain.beforeCall("p", request);
        assertEquals(List.of(), called);
    }

    @Test
    void hook_thatThrows_refusesTheCallBeforeAsNotSent_afterAsUnknown() {
        chain.add(failing());
        chain.add(hook("behind"));
        RemotingSendRequestException before =
                assertThrows(RemotingSendRequestException.class, () -> chain.beforeCall("p", request));
        assertEquals(Outcome.NOT_SENT, before.outcome());
        RemotingSendRequestException after =
                assertThrows(RemotingSendRequestException.class, () -> chain.afterCall("p", request, response));
        assertEquals(Outcome.UNKNOWN, after.outcome());
        assertEquals(List.of(), called);
    }

    @Test
    void hook_addedByAHook_isNotAskedInThatCall() throws Exception {
        chain.add(new RPCHook() {
            @Override
            public void doBeforeRequest(String remoteAddr, RemotingCommand command) {
                chain.add(hook("late"));
            }

            @Override
            public void doAfterResponse(String remoteAddr, RemotingCommand command, RemotingCommand answer) {}
        });
        chain.beforeCall("p", request);
        assertEquals(List.of(), called);
        chain.afterCall("p", request, response);
        assertEquals(List.of("late after p"), called);
    }
}
