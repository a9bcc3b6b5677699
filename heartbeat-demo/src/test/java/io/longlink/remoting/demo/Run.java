package io.longlink.remoting.demo;

import com.alibaba.fastjson2.JSON;
import com.alibaba.fastjson2.JSONObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One run of the command in this JVM, and what it printed. */
record Run(int exitCode, String out, String err) {

    static Run of(Faults faults, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = HeartbeatDemo.execute(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                faults);
        return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The last line that starts with a brace, read by a parser that is not ours. */
    JSONObject verdict() {
        String last = out.lines().filter(line -> line.startsWith("{")).reduce((one, next) -> next).orElseThrow();
        JSONObject verdict = JSON.parseObject(last);
        if (!"verdict".equals(verdict.getString("event"))) {
            throw new AssertionError("the last object is no verdict: " + last);
        }
        return verdict;
    }
}
