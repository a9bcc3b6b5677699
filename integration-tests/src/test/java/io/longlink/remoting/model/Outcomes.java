package io.longlink.remoting.model;

import io.longlink.remoting.exception.RemotingException;
import io.longlink.remoting.internal.ReplyListener;
import io.longlink.remoting.internal.WriteListener;
import io.longlink.remoting.protocol.RemotingCommand;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What callers heard, and what ran. */
final class Outcomes {
    static final String OK = "OK";

    private final Map<String, List<String>> heard = new LinkedHashMap<>();
    private final Map<String, Integer> executions = new LinkedHashMap<>();

    void expect(String call) {
        heard.put(call, new ArrayList<>());
        executions.put(call, 0);
    }

    void executed(String call) {
        executions.merge(call, 1, Integer::sum);
    }

    /** Its processor says with a 1500 that what it did does not count. */
    void takeBack(String call) {
        executions.merge(call, -1, Integer::sum);
    }

    int executions(String call) {
        return executions.getOrDefault(call, 0);
    }

    /** What the caller heard; one thing, if all is well. */
    List<String> of(String call) {
        return heard.getOrDefault(call, List.of());
    }

    boolean allHeard(List<String> calls) {
        return calls.stream().noneMatch(call -> of(call).isEmpty());
    }

    private void hear(String call, String what) {
        heard.computeIfAbsent(call, name -> new ArrayList<>()).add(what);
    }

    ReplyListener reply(String call) {
        return new ReplyListener() {
            @Override
            public void onResponse(RemotingCommand response) {
                hear(call, response.getCode() == 0 ? OK : "code " + response.getCode());
            }

            @Override
            public void onFailure(RemotingException cause) {
                hear(call, cause.outcome().name());
            }
        };
    }

    WriteListener written(String call) {
        return new WriteListener() {
            @Override
            public void onWritten() {
                hear(call, OK);
            }

            @Override
            public void onFailure(RemotingException cause) {
                hear(call, cause.outcome().name());
            }
        };
    }

    @Override
    public String toString() {
        return heard + ", executed " + executions;
    }
}
