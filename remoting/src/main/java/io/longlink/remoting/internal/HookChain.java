package io.longlink.remoting.internal;

import io.longlink.remoting.RPCHook;
import io.longlink.remoting.exception.RemotingException.Outcome;
import io.longlink.remoting.exception.RemotingSendRequestException;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The hooks of one side. Thread-safe; a call works on the hooks there were when it asked. */
public final class HookChain {
    private final CopyOnWriteArrayList<RPCHook> hooks = new CopyOnWriteArrayList<>();

    HookChain() {}

    void add(@Nullable RPCHook hook) {
        if (hook != null) {
            hooks.addIfAbsent(hook);
        }
    }

    void clear() {
        hooks.clear();
    }

    /** Whether there is nobody to ask. */
    public boolean isEmpty() {
        return hooks.isEmpty();
    }

    void doBefore(String remoteAddr, RemotingCommand request) {
        if (isEmpty()) {
            return;
        }
        for (RPCHook hook : hooks) {
            hook.doBeforeRequest(remoteAddr, request);
        }
    }

    void doAfter(String remoteAddr, RemotingCommand request, @Nullable RemotingCommand response) {
        if (isEmpty()) {
            return;
        }
        for (RPCHook hook : hooks) {
            hook.doAfterResponse(remoteAddr, request, response);
        }
    }

    /** Runs the hooks before a call of ours; a hook that throws is the reason why nothing was sent. */
    public void beforeCall(String remoteAddr, RemotingCommand request) throws RemotingSendRequestException {
        try {
            doBefore(remoteAddr, request);
        } catch (RuntimeException | Error e) {
            throw new RemotingSendRequestException("a hook refused the request to " + remoteAddr + ": " + e, e, Outcome.NOT_SENT);
        }
    }

    /** Runs the hooks after a call of ours; a hook that throws has refused a response to a request that ran. */
    public void afterCall(String remoteAddr, RemotingCommand request, RemotingCommand response) throws RemotingSendRequestException {
        try {
            doAfter(remoteAddr, request, response);
        } catch (RuntimeException | Error e) {
            throw new RemotingSendRequestException("a hook refused the response of " + remoteAddr + ": " + e, e, Outcome.UNKNOWN);
        }
    }
}
